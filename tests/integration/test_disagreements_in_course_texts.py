"""Disagreements of three real course texts, which are private, and of ours with them: questions and values only."""

from __future__ import annotations

import pytest

from evals.suites import ROOT, SUITES, Course, Suite, assistant_over
from rag.answer import Assistant
from rag.types import Scope

SUITE = SUITES["course-texts"]
NOTES, SHEET, SLIDES = "mls-2025-notes.md", "mls-c01-cheat-sheet.md", "mls-c01-slides.md"
S3, STREAMS, HOSTING = "01-s3-storage.md", "04-streaming-kinesis.md", "35-deployment-inference.md"
pytestmark = pytest.mark.skipif(not SUITE.available, reason="the course texts are not here")

MORE = "datadog, mongodb, new relic, splunk"
FOUR = "Redshift, Amazon S3, ElasticSearch, Splunk"
UNSEEN = "what they say is no value, count, day, name, list or denial in the same words"
AMONG_THEM = [
    ("What is the longest Kinesis Data Streams can keep records?", {NOTES: "1 to 365 days", SLIDES: "7 days"}),
    ("For how many days can a Kinesis stream replay data?", {NOTES: "1 to 365 days", SLIDES: "1 to 7 days"}),
    ("How long does Kinesis Video Streams keep data?", {NOTES: "1 to 10 years", SLIDES: "1 hour to upto 10 years"}),
    ("In how many AZs is Standard-IA data stored?", {SHEET: "1 AZ", SLIDES: "≥3"}),
    ("What is the availability of S3 Standard-IA?", {SHEET: "1 AZ", SLIDES: "≥3"}),
    ("Which exception is thrown when Kinesis Data Streams limits are exceeded?",
     {SHEET: "ProvisionedThroughputExceeded", SLIDES: "ProvisionedThroughputException"}),
    ("Which destinations can Kinesis Firehose deliver to?", {NOTES: MORE, SLIDES: FOUR}),
    ("Where can Firehose send data?", {NOTES: MORE, SLIDES: FOUR}),
]  # fmt: skip
WITH_OURS = [
    ("What is the maximum object size in S3?", {S3: "50 TB", SLIDES: "5TB"}),
    ("How many availability zones does S3 Standard-IA use?", {S3: "3 or more", SHEET: "1 AZ"}),
    ("To how many days can Kinesis retention be extended?", {STREAMS: "365 days", SLIDES: "7 days"}),
    ("How large can a Kinesis record be?", {STREAMS: "10 MiB", SLIDES: "1 MB"}),
    ("What is the shortest buffer time of Firehose?", {STREAMS: "0 and 900 seconds", SLIDES: "60 seconds"}),
    ("Which destinations does Data Firehose have?", {STREAMS: "OpenSearch Service", SLIDES: FOUR}),
    ("How many containers can an inference pipeline have?", {HOSTING: "2 to 15 containers", SHEET: "2-5 containers"}),
]  # fmt: skip
# What differs and is not told: one text says that something is a must, of one kind or gone, another names the choice.
NOT_TOLD = [
    ("Do Kinesis shards have to be provisioned in advance?", {NOTES: "On-demand", SLIDES: "in advance"}),
    ("What is DynamoDB useful for storing in machine learning?", {NOTES: "ML output", SLIDES: "learning model"}),
]
NOT_TOLD_WITH_OURS = [
    ("Which data does Autopilot support?", {"33-sagemaker-training-tuning.md": "images", SHEET: "only"}),
    ("Does DMS need an EC2 instance?", {"11-orchestration-migration.md": "Serverless", NOTES: "EC2"}),
    (
        "Do RDS and Aurora servers have to be provisioned?",
        {"13-databases-and-warehouses.md": "itself", SHEET: "should"},
    ),
    ("Does ReLU have the vanishing gradient problem?", {"27-gradients-and-optimisers.md": "negative", SHEET: "not"}),
    ("Is Elastic Inference available?", {"37-edge-and-containers.md": "no longer", SHEET: "lower cost"}),
    ("Does EMR use EFS or EBS for HDFS?", {"10-emr-and-spark.md": "EBS", NOTES: "EFS"}),
    ("How many encryption methods does S3 have?", {S3: "DSSE-KMS", SLIDES: "four"}),
    (
        "How much data may a QuickSight user have in SPICE?",
        {"20-statistics-and-visualisation.md": "shared", NOTES: "10GB"},
    ),
]


@pytest.fixture(scope="module")
def texts():
    with assistant_over(SUITE) as made:
        yield made


@pytest.fixture(scope="module")
def all_texts():
    with assistant_over(Suite("all", (*SUITE.texts, Course("aws-ml", ROOT / "corpus")))) as made:
        yield made


def check(assistant: Assistant, question: str, values: dict[str, str]) -> None:
    answer = assistant.ask(question, Scope())
    (note,) = answer.notes
    assert note.startswith("The sources disagree.")
    told = dict(part.split(": ", 1) for part in note.removeprefix("The sources disagree. ").split("; "))
    for document, value in values.items():
        assert any(document in source and value in said for source, said in told.items())
    assert set(values) <= {citation.document for citation in answer.citations}


@pytest.mark.parametrize(("question", "values"), AMONG_THEM)
def test_a_disagreement_among_them_is_told_with_both_values_and_sources(texts: Assistant, question, values) -> None:
    check(texts, question, values)


@pytest.mark.parametrize(("question", "values"), WITH_OURS)
def test_a_disagreement_with_our_course_is_told_too(all_texts: Assistant, question, values) -> None:
    check(all_texts, question, values)


@pytest.mark.xfail(strict=True, reason=UNSEEN)
@pytest.mark.parametrize(("question", "values"), NOT_TOLD)
def test_these_among_them_are_not_told(texts: Assistant, question, values) -> None:
    check(texts, question, values)


@pytest.mark.xfail(strict=True, reason=UNSEEN)
@pytest.mark.parametrize(("question", "values"), NOT_TOLD_WITH_OURS)
def test_these_with_our_course_are_not_told(all_texts: Assistant, question, values) -> None:
    check(all_texts, question, values)


def test_the_dated_text_stands_first_and_the_other_is_said_to_have_no_date(texts: Assistant) -> None:
    (note,) = texts.ask(AMONG_THEM[0][0], Scope()).notes
    assert note.index(f"{NOTES} (as of 2025)") < note.index(f"{SLIDES} (undated)")


@pytest.mark.parametrize(
    "question",
    [
        "What is the maximum object size in S3?",
        "Which destinations does AWS Data Pipeline support?",  # one says "include": it leaves room for others
        "What kind of data does Redshift store?",
        "How many producers may a video stream have?",
        "What is the latency of Kinesis Data Streams?",
    ],
)
def test_texts_that_agree_are_not_said_to_disagree(texts: Assistant, question) -> None:
    answer = texts.ask(question, Scope())
    assert answer.refusal is None
    assert answer.notes == ()
