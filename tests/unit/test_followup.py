"""Follow-ups made standalone by rules."""

import pytest

from rag.followup import standalone
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
    ],
)
def test_a_question_with_a_subject_of_its_own_is_left_alone(question):
    assert standalone(question, [Turn("How long does Kinesis keep records?")]) == question


def test_without_a_history_nothing_changes_but_white_space():
    assert standalone("  and  for video? ", []) == "and for video?"


def test_an_item_of_the_answer_is_named_by_its_number():
    found = standalone("who rotates the second one?", [Turn("What kinds of KMS keys are there?", LIST)])
    assert found == "who rotates customer managed keys? (kms)"


def test_a_number_beyond_the_list_changes_nothing_else():
    assert "third" in standalone("and the third one?", [Turn("What kinds of KMS keys are there?", LIST)])


def test_a_chain_of_follow_ups_keeps_its_subject():
    turns = [Turn("How long does Kinesis keep records?"), Turn("can it be longer?")]
    assert "kinesis" in standalone("and how do i change that?", turns).lower()
