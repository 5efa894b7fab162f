"""Follow-ups made standalone by rules."""

import pytest

from rag.conversation.followup import standalone
from rag.types import Turn

LIST = "SSE-KMS keys are of two sorts:\n- AWS managed keys [1]\n- customer managed keys [1]"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("How long does Kinesis keep records?", "and for video?", "How long does Kinesis keep records, for video?"),
        ("How long are records kept?", "what about MSK?", "How long are records kept, what about MSK?"),
        ("Should I shuffle rows?", "why?", "Should I shuffle rows, why?"),
        ("How long does Kinesis keep records?", "can it be longer?", "can it be longer? (long kinesis keep records)"),
        ("What is SMOTE?", "when would i not use that", "when would i not use that (smote)"),
        ("What is SMOTE?", "are you sure", "are you sure (smote)"),
        ("What is the sort key for?", "and the distribution key?", "What is the distribution key for"),
        ("Who holds the key with SSE-KMS?", "what about with SSE-C?", "Who holds the key with SSE-C"),
        (
            "What is undersampling?",
            "no, i meant oversampling",
            "What is undersampling, i meant oversampling",
        ),
        ("What is batch transform?", "ok, give me an example", "What is batch transform, give me an example"),
    ],
)
def test_what_a_follow_up_lacks_is_carried_over(before, question, expected):
    assert standalone(question, [Turn(before)]) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is Amazon Macie?",
        "How large may an S3 object in a bucket be?",
        "is it true that S3 objects are stored durably",
        "how do i make sure that training rows are shuffled",
        "how do precision and recall differ? i always mix them up",
        "what do they mean by a confusion matrix of several classes",
        "what is a dpu",
        "explain dropout",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_left_alone(question):
    assert standalone(question, [Turn("How long does Kinesis keep records?")]) == question


def test_without_a_history_nothing_changes_but_white_space():
    assert standalone("  and  for video? ", []) == "and for video?"


def test_an_item_of_the_answer_is_named_by_its_number():
    found = standalone("who rotates the second one?", [Turn("What kinds of KMS keys are there?", LIST)])
    assert found == "who rotates customer managed keys? (kms)"


def test_a_number_that_counts_something_else_names_no_item():
    question = "what is the first layer of a deep network called?"
    assert standalone(question, [Turn("What kinds of KMS keys are there?", LIST)]) == question


def test_of_a_short_question_that_does_not_point_back_the_reading_nearer_to_the_texts_is_taken():
    def nearness(text):
        return 0.8 if text in ("how many shards? (kinesis)", "s3 lifecycle rules?") else 0.4

    history = [Turn("What is Kinesis?")]
    assert standalone("how many shards?", history, nearness) == "how many shards? (kinesis)"
    assert standalone("s3 lifecycle rules?", history, nearness) == "s3 lifecycle rules?"


def test_a_question_without_a_word_of_its_own_has_the_topic_before_it():
    assert standalone("tell me more", [Turn("What is Kinesis?")], lambda _: 0.4) == "tell me more (kinesis)"


def test_a_question_that_points_back_is_left_alone_only_where_the_texts_are_clearly_nearer_to_it():
    def nearness_alone(value):
        return lambda text: value if text == question else 0.4

    history, question = [Turn("What is SMOTE?")], "what about lifecycle rules?"
    assert standalone(question, history, nearness_alone(0.42)) == "What is SMOTE, what about lifecycle rules?"
    assert standalone(question, history, nearness_alone(0.6)) == question


def test_a_number_beyond_the_list_changes_nothing_else():
    assert "third" in standalone("and the third one?", [Turn("What kinds of KMS keys are there?", LIST)])


def test_a_chain_of_follow_ups_keeps_its_subject():
    turns = [Turn("How long does Kinesis keep records?"), Turn("can it be longer?")]
    assert "kinesis" in standalone("and how do i change that?", turns).lower()


def test_a_follow_up_of_a_refused_question_keeps_its_subject():
    turns = [Turn("How long does Kinesis keep records?", "The texts do not say: no length of time is given for this.")]
    assert standalone("can it be longer?", turns) == "can it be longer? (long kinesis keep records)"


def test_a_long_question_before_leaves_only_some_of_its_words():
    long = f"Should I shuffle rows, since {' '.join(f'column{number} is sorted' for number in range(80))}?"
    made = standalone("why?", [Turn(long)])
    assert made.startswith("shuffle rows column0")
    assert len(made) < 300


def test_nothing_is_carried_over_from_a_question_without_words():
    assert standalone("can it be longer?", [Turn("why?")]) == "can it be longer?"


def test_a_mere_joint_asks_the_question_before_again():
    assert standalone("and?", [Turn("What is SMOTE?")]) == "What is SMOTE"
