"""The PPTX: ten slides on streams, with speaker notes, a table, a text box and a hidden slide."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from pptx import Presentation
from pptx.slide import Slide
from pptx.util import Inches, Pt

from tests.course_files.packed import MADE, repacked

SLIDES_TITLE = "Streams with Amazon Kinesis"

_TITLE_ONLY, _CONTENT = 5, 1


def write_slides() -> bytes:
    """Return the presentation."""
    deck = Presentation()
    deck.core_properties.title, deck.core_properties.author = SLIDES_TITLE, "Openbook"
    deck.core_properties.created = deck.core_properties.modified = MADE
    opening = deck.slides.add_slide(deck.slide_layouts[0])
    opening.shapes.title.text, opening.placeholders[1].text = SLIDES_TITLE, "Store, deliver, compute"
    _notes(opening, "Ask who has used Apache Kafka before; the words are nearly the same.")

    def slide(title: str, *points: str | tuple[str, int], notes: str = "") -> Slide:
        made: Slide = deck.slides.add_slide(deck.slide_layouts[_CONTENT])
        made.shapes.title.text = title
        _points(made, points)
        _notes(made, notes)
        return made

    slide(
        "Two families of services",
        "Kinesis Data Streams stores records for programs of your own",
        "Amazon Data Firehose carries records to a destination and keeps none",
        "Managed Service for Apache Flink computes on a stream that another service keeps",
        notes="The exam asks for the family first: does somebody need to read the records again? Then it is a store.",
    )
    slide(
        "A stream is a set of shards",
        "The partition key of a record selects its shard",
        ("Records of one key stay in order", 1),
        ("Order across shards is not kept", 1),
        "A record cannot be changed or deleted once it is written",
        notes="A hot shard is one that a single busy key overloads. More shards do not help; a salted key does.",
    )
    _table(
        deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY]),
        "What one shard can bear",
        ("Direction", "Bytes per second", "Calls or records per second"),
        ("Write", "1 MB", "1,000 records"),
        ("Read, classic", "2 MB shared", "5 GetRecords calls"),
        ("Read, enhanced fan-out", "2 MB per consumer", "pushed, no calls"),
    )
    counted = slide(
        "Counting shards",
        "By bytes: megabytes per second, one per shard",
        "By records: records per second, a thousand per shard",
        "By readers: megabytes times classic consumers, two per shard",
        "Take the largest of the three and round up",
        notes="Example for the board: 3,000 records of 1 KB and four classic consumers need 3, 3 and 6 shards, so 6.",
    )
    box = counted.shapes.add_textbox(Inches(1), Inches(6.3), Inches(8), Inches(0.6))
    box.text_frame.text = "With enhanced fan-out the readers no longer count."
    slide(
        "How long records stay",
        "24 hours unless you say otherwise",
        "365 days at most",
        "One record holds 1 MiB by default, and up to 10 MiB where the stream allows it",
        notes="Notes from before November 2020 give seven days as the maximum. That is out of date.",
    )
    slide(
        "When writes are throttled",
        "The producer gets ProvisionedThroughputExceededException",
        "All shards busy: add shards",
        "One shard busy: choose a better key",
        "Retry with back-off in both cases",
        notes="PutRecords may fail for some records of a batch. Check FailedRecordCount and send those again.",
    )
    hidden = slide(
        "For teachers: the quiz of this lesson",
        "Question 1 is about retention, question 2 about throttling",
        "Allow twelve minutes for the quiz",
        notes="This slide is hidden when the deck is shown.",
    )
    hidden._element.set("show", "0")
    slide(
        "Firehose in one slide",
        "Delivers when its buffer is full or its time is up, whichever comes first",
        "The interval may be 0 to 900 seconds",
        "Turns JSON into Parquet or ORC on the way",
        ("The schema comes from the Glue Data Catalog", 1),
        ("CSV must first become JSON, in a Lambda function", 1),
        notes="For S3 the defaults of the API are 5 MB and 300 seconds. Conversion needs a buffer of at least 64 MB.",
    )
    slide(
        "A record that nobody can process",
        "By default Lambda repeats a failing batch until its records expire",
        "BisectBatchOnFunctionError halves the batch until the bad record is alone",
        "MaximumRetryAttempts puts an end to the repeats",
        "A destination for failures keeps the record for later",
        notes="Watch the age of the iterator: if it grows, a consumer is falling behind.",
    )
    written = BytesIO()
    deck.save(written)
    return repacked(written.getvalue())


def _points(slide: Slide, points: Sequence[str | tuple[str, int]]) -> None:
    frame = slide.placeholders[1].text_frame
    for at, point in enumerate(points):
        text, level = point if isinstance(point, tuple) else (point, 0)
        paragraph = frame.add_paragraph() if at else frame.paragraphs[0]
        paragraph.text, paragraph.level = text, level
        paragraph.font.size = Pt(24 - 4 * level)


def _notes(slide: Slide, text: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    assert frame
    frame.text = text


def _table(slide: Slide, title: str, *rows: tuple[str, ...]) -> None:
    assert slide.shapes.title
    slide.shapes.title.text = title
    size = Inches(0.6), Inches(1.8), Inches(8.8), Inches(2.5)
    table = slide.shapes.add_table(len(rows), len(rows[0]), *size).table
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    _notes(slide, "Aggregation packs many small records into one, which helps where the count of records is the limit.")
