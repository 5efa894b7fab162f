"""Which written answers are right: forgiving of form, strict on facts."""

from __future__ import annotations

import pytest

from rag.quiz.grading import grade
from tests.quiz_items import cloze, short_answer

_NAMES = {
    "What is the chance that an object survives called?": (
        "durability",
        ("durability", "Durability.", "the durability", "durabilty", "object durability", "It is called durability",
         "durability, not availability", "It is durability, because the object survives disk or host failure",
         "Durability is the chance that an object survives", "not availability but durability",
         "durability measures whether an object survives"),
        ("availability", "not durability", "availability or durability", "durability or availability",
         "durability, availability", "durability; availability", "durability / availability", "durability availability",
         "durability and availability", "durability or maybe it is availability", "either durability or availability",
         "durability is not it", "durability isn't right", "durability is wrong", "durability or reliability or cost"),
    ),
    "What is a disk inside the host called?": (
        "instance store",
        ("instance store", "an instance store", "instance-store", "Instance storage", "the instance store volume",
         "instance store (ephemeral storage)",
         "a disk inside the host is an instance store, which is lost at a stop"),
        ("store", "instance", "instance store or EBS volume", "EBS", "block store"),
    ),
    "What is the column whose groups are compared called?": (
        "facet",
        ("facet", "facets", "the facet column"),
        ("fact", "facet or label", "label or facet", "facet label", "facet (or label)", "label"),
    ),
    "What does IAM stand for?": (
        "Identity and Access Management",
        ("Identity & Access Management", "identity access management", "Amazon Identity and Access Management"),
        ("identity management", "Internet and Access Management", "Identity and Access Monitoring",
         "Identity and Access Management or Internal Account Map"),
    ),
    "What does IoU stand for?": (
        "intersection over union",
        ("Intersection-over-Union", "the intersection over the union", "intersection over union."),
        ("intersection over union is wrong", "union over intersection", "intersection of union", "over"),
    ),
    "What does MAPE stand for?": (
        "Mean Absolute Percentage Error",
        ("mean absolute percentage error", "the mean absolute percentage errors"),
        ("global importance, Mean Absolute Percentage Error", "Mean Absolute Error"),
    ),
    "What does NFA stand for?": ("Network Fabric Adapter", ("network fabric adaptor",), ("network fabric adoption",)),
}  # fmt: skip

_AMOUNTS = {
    "How many characters does the call accept?": (
        "200,000 characters",
        ("200,000", "200000", "200 000", "200k", "200 thousand", "two hundred thousand", "0.2 million", "up to 200,000",
         "200,000 characters", "at most 200,000", "200,000 characters or fewer"),
        ("100,000", "20,000", "200", "more than 200,000", "200,000 or 100,000", "200,000 bytes", "not 200,000"),
    ),
    "To up to how many Nitro instances does it connect one volume?": (
        "16 Nitro instances",
        ("16", "sixteen", "16 instances", "up to 16", "16 nitro", "16 Nitro instances", "at most 16", "16 max",
          "16 in total", "16 fast Nitro instances"),
        ("15", "at least 16", "more than 16", "1-16", "15 or 16", "14 15 16", "16, 17", "-16", "16 regions", "16 min"),
    ),
    "At least how many days must objects stay?": (
        "30 days",
        ("30", "thirty", "30 days", "30d", "30-day", "at least 30 days", "30 days or more", "720 hours", "a month",
         "30 days minimum", "30 days, not 60", "one must wait 30 days"),
        ("29", "30 hours", "30 or 60", "30 or 60 days", "30, 60, 90", "less than 30 days", "at most 30 days",
         "30 days or less", "up to 30 days", "under 30 days", "not 30 days", "30 days is wrong", "30 days maximum"),
    ),
    "At most how many KB does one call encrypt?": (
        "4 KB",
        ("4", "four", "4 KB", "4KB", "4 kilobytes", "4096 bytes", "4 KiB", "4 max", "no more than 4 KB"),
        ("4 MB", "4 or 5", "1 2 3 4 5 6", "3, 4, 5", "at least 4 KB", "over 4 KB", "4 KB or 8 KB", "4/5"),
    ),
    "What is the maximum size of a file?": ("5 GB", ("5 GB", "5 GB at most"), ("at least 5 GB", "5 GB or more")),
}  # fmt: skip

_GAPS = {
    "Bucket Keys cut the number of _____ calls.": (
        "KMS",
        ("KMS", "kms", "K.M.S.", "AWS KMS", "KMS API", "KMS calls"),
        ("API", "AWS", "SSE-KMS", "SQS KMS", "KMS or SQS", "not KMS"),
    ),
    "Replication ends within _____ minutes.": (
        "15",
        ("15", "fifteen", "15 min", "15 minutes", "0.25 hours", "900 seconds", "at most 15"),
        ("15 seconds", "150", "15 or 20", "10 15 20", "more than 15", "15 hours", "1 5"),
    ),
    "Small files are compacted to a target of _____ MB.": (
        "512",
        ("512", "512 MB", "512MB", "512 megabytes", "512 MiB", "0.5 GB", "half a GB"),
        ("512 GB", "512 KB", "5 GB", "521"),
    ),
    "Export works below _____ GB of data.": ("2", ("2 gigabytes", "2048 MB"), ("2 MB", "at least 2 GB", "over 2")),
    "It starts at _____ MB per second.": ("4", ("4 MB/s", "4 MB per second", "4 MB/sec"), ("4 GB/s", "40")),
    "A call takes _____ KB.": ("100", ("hundred", "a hundred", "0.1 MB"), ("a thousand", "100k")),
}  # fmt: skip

_ANSWERS = [
    (kind, stem, key, text, right)
    for kind, table in (("short", _NAMES), ("short", _AMOUNTS), ("gap", _GAPS))
    for stem, (key, good, bad) in table.items()
    for texts, right in ((good, True), (bad, False))
    for text in texts
]


@pytest.mark.parametrize(("kind", "stem", "key", "text", "right"), _ANSWERS)
def test_an_answer_is_judged_by_what_it_says_and_not_by_how_it_is_written(
    kind: str, stem: str, key: str, text: str, right: bool
) -> None:
    item = short_answer(1, stem=stem, key_facts=((key,),)) if kind == "short" else cloze(1, stem=stem, answers=(key,))
    assert grade(item, text).right is right


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("60 days in a dark room or darkness", 1.0),
        ("60 days or more in a dark room", 1.0),
        ("dark room, 60 days or longer, depending on heat", 1.0),
        ("60 days in a dark room, since light or heat harm it", 1.0),
        ("60 days in a dark room or in a bright room", 0.5),
        ("60 days, in a bright or dark room", 0.5),
        ("30 or 60 days in a dark room", 0.5),
        ("more than 60 days in a dark room", 0.5),
    ],
)
def test_only_the_fact_that_is_hedged_is_not_said(text: str, credit: float) -> None:
    item = short_answer(1, stem="What does a film need?", key_facts=(("60 days",), ("dark room", "darkness")))
    assert grade(item, text).credit == credit


def test_a_long_text_is_graded_at_once() -> None:
    item = short_answer(1, key_facts=(("60 days",),))
    assert not grade(item, "light is kept or is not " * 2000).right
