"""The Word document: a guide to data quality on eight pages, each ended by a hard page break."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from docx.document import Document as Guide
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.course_files.packed import MADE, repacked

GUIDE_TITLE = "Data quality before training: a lab guide"


def write_guide() -> bytes:
    """Return the document."""
    guide = Document()
    guide.core_properties.title, guide.core_properties.author = GUIDE_TITLE, "Openbook"
    guide.core_properties.created = guide.core_properties.modified = MADE
    guide.sections[0].header.paragraphs[0].text = "Openbook course notes"
    guide.sections[0].footer.paragraphs[0].text = "Data quality before training"
    for at, page in enumerate((_about, _gaps, _filling, _outliers, _imbalance, _resampling, _splitting, _metrics)):
        if at:
            guide.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        page(guide)
    written = BytesIO()
    guide.save(written)
    return repacked(written.getvalue())


def _about(guide: Guide) -> None:
    guide.add_heading(GUIDE_TITLE, 0)
    guide.add_heading("About the labs", 1)
    guide.add_paragraph(
        "Three labs lead from a raw table to a model that can be trusted. Each lab takes ninety minutes and ends with "
        "a question to discuss. Work in pairs, and write every decision down: a choice that nobody can retrace is "
        "worth little."
    )
    guide.add_paragraph("Bring these things to the first lab:")
    _list(guide, "List Bullet", "an account with SageMaker Studio", "the delivery table, which has 11 rows")
    _list(guide, "List Bullet", "the payment table, which has 10,000 rows")
    guide.add_paragraph("The labs build on each other, so do not skip one.")


def _gaps(guide: Guide) -> None:
    guide.add_heading("Lab 1: Gaps and extremes", 1)
    guide.add_heading("Why a value is missing", 2)
    guide.add_paragraph("Before a gap is filled, ask how it came to be. Statisticians tell three mechanisms apart.")
    _table(
        guide,
        ("Mechanism", "Absence depends on", "Safe remedy"),
        ("MCAR", "nothing", "Rows may be dropped"),
        ("MAR", "columns that were recorded", "Impute from those columns"),
        ("MNAR", "the hidden value itself", "An indicator column, or better collection"),
    )
    guide.add_paragraph(
        "MAR and MNAR look alike in the data, because what would tell them apart is what is missing. MCAR can be "
        "ruled out: compare rows with and without the value, and if their ages differ, absence is no accident."
    )
    guide.add_paragraph(
        "Gaps add up. If each of ten columns misses 5% of its values independently, only about 60% of the rows are "
        "complete."
    )


def _filling(guide: Guide) -> None:
    guide.add_heading("Filling the gaps", 2)
    guide.add_paragraph("Go through these steps for each column with gaps:")
    _list(
        guide,
        "List Number",
        "Count the gaps and name the likely mechanism.",
        "Add a column of zeros and ones that records where values were absent.",
        "Choose the median if the column is skewed, otherwise the mean.",
        "Try nearest neighbours where other columns are informative, after scaling.",
        "Fit the imputer on the training rows alone.",
    )
    guide.add_paragraph(
        "Mean imputation makes a column look calmer than it is: its variance shrinks, and its correlations with "
        "other columns weaken."
    )
    guide.add_paragraph(
        "XGBoost needs no imputation, since it learns at each split which way rows with a gap should go. Linear "
        "Learner and k-means accept no gaps at all."
    )


def _outliers(guide: Guide) -> None:
    guide.add_heading("Extreme values", 2)
    guide.add_paragraph(
        "The delivery table holds 22, 24, 25, 26, 27, 28, 29, 30, 31, 33 and 90 minutes. Is 90 an outlier?"
    )
    _table(
        guide,
        ("Rule", "Limits", "Verdict on 90"),
        ("Z-score", "beyond 3 deviations", "3.12, just flagged"),
        ("Interquartile range", "18 to 38 minutes", "far outside"),
    )
    guide.add_paragraph(
        "In a table of ten values or fewer no z-score can pass 3, because the extreme value widens the deviation that "
        "it is measured by. The interquartile range has no such blind spot."
    )
    guide.add_paragraph(
        "Winsorising caps a value at the limit instead of deleting it: 90 becomes 38, and the mean of the table falls "
        "from 33.18 to 28.45."
    )
    guide.add_paragraph("To discuss: when would you delete the 90, and when is it the row that you are looking for?")


def _imbalance(guide: Guide) -> None:
    guide.add_heading("Lab 2: Rare classes", 1)
    guide.add_paragraph(
        "Of 10,000 payments 200 are fraud. A rule that calls every payment honest is right in 98% of the cases and "
        "finds not one fraud, so accuracy is put aside in this lab."
    )
    guide.add_heading("Remedies, the cheapest first", 2)
    _list(guide, "List Number 2", "Move the threshold.", "Weigh the classes.", "Resample the training rows.")
    guide.add_paragraph(
        "The cheapest threshold is the cost of a false alarm divided by the sum of the costs of a false alarm and of "
        "a miss. If a false alarm costs 10 and a miss 190, it is 10 / 200 = 0.05."
    )
    guide.add_paragraph(
        "Balanced weights give a class N divided by the number of classes times its rows: fraud gets 25 here, and "
        "everything else 0.51."
    )
    guide.add_paragraph("Both leave the rows as they are. Weights distort probabilities, so calibrate after them.")


def _resampling(guide: Guide) -> None:
    guide.add_heading("Resampling with care", 2)
    _table(
        guide,
        ("Method", "What it does", "What it risks"),
        ("Undersampling", "deletes rows of the majority", "information is lost"),
        ("Oversampling", "repeats rows of the minority", "a tree learns the copies by heart"),
        ("SMOTE", "invents points between neighbours", "noise where classes overlap"),
    )
    guide.add_paragraph(
        "SMOTE measures distances, so scale the columns first. Its plain form knows numbers only; SMOTE-NC is the "
        "form for tables with categories."
    )
    guide.add_paragraph(
        "Resample after the split, and the training rows only. A copy of a fraud that lands on both sides turns the "
        "test into an exercise in remembering."
    )
    guide.add_paragraph("To discuss: why must the validation rows keep their natural share of fraud?")


def _splitting(guide: Guide) -> None:
    guide.add_heading("Lab 3: Honest scores", 1)
    guide.add_heading("Splitting", 2)
    guide.add_paragraph(
        "Parameters are fitted on training rows, hyperparameters are chosen on validation rows, and the test rows are "
        "opened once, at the very end."
    )
    guide.add_paragraph("Pick the form of cross-validation that the rows ask for:")
    _list(
        guide,
        "List Bullet",
        "Stratified folds where a class is rare.",
        "Group folds where one patient or customer has several rows.",
        "Folds in order of time where rows follow each other; never shuffle those.",
    )
    guide.add_paragraph(
        "With five folds and scores of 0.81, 0.79, 0.84, 0.80 and 0.76 the mean is 0.80; write its spread down too."
    )


def _metrics(guide: Guide) -> None:
    guide.add_heading("Choosing a metric", 2)
    _table(
        guide,
        ("Metric", "Prefer it when", "In the fraud example"),
        ("Recall", "a miss is expensive", "0.60"),
        ("Precision", "an alarm is expensive", "0.40"),
        ("F1", "both count and classes are unequal", "0.48"),
        ("Balanced accuracy", "each class should weigh the same", "0.79"),
    )
    guide.add_paragraph(
        "Lowering the threshold never lowers recall, and it usually lowers precision. No training is needed for it."
    )
    guide.add_paragraph(
        "The curve of precision against recall tells more than the ROC curve when positives are rare, because the "
        "many true negatives do not enter it."
    )
    guide.add_paragraph("To discuss: which of the four metrics would you show to the manager of the fraud team?")


def _list(guide: Guide, style: str, *texts: str) -> None:
    for text in texts:
        guide.add_paragraph(text, style=style)


def _table(guide: Guide, *rows: tuple[str, ...]) -> None:
    table = guide.add_table(len(rows), len(rows[0]), style="Table Grid")
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)
    guide.add_paragraph()
