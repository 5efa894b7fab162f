"""The PDF: a handbook on serving models, ten pages; two of them are a preface with roman page labels."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Preformatted,
    Spacer,
    Table,
)

HANDBOOK_TITLE = "Serving models on SageMaker: a handbook"
LABELS = ("i", "ii")  # of the preface; the pages after it are labelled from 1

_WIDTH, _HEIGHT = A4
_MARGIN, _GUTTER = 64, 24
_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=15, spaceAfter=8, alignment=TA_JUSTIFY)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9.5, leading=12, spaceAfter=0, alignment=0)
_HEAD = ParagraphStyle("head", parent=_CELL, fontName="Times-Bold")
_CODE = ParagraphStyle("code", fontName="Courier", fontSize=9, leading=12, spaceAfter=8)
_TITLES = {
    size: ParagraphStyle(f"title{size}", fontName="Helvetica-Bold", fontSize=size, leading=size * 1.3,
                         spaceBefore=before, spaceAfter=size / 2)
    for size, before in ((22, 0), (16, 4), (12.5, 8))
}  # fmt: skip


def h1(text: str) -> Flowable:
    return Paragraph(text, _TITLES[16])


def h2(text: str) -> Flowable:
    return Paragraph(text, _TITLES[12.5])


def p(text: str) -> Flowable:
    return Paragraph(text, _BODY)


def bullets(*texts: str) -> Flowable:
    return ListFlowable([ListItem(Paragraph(text, _BODY)) for text in texts], bulletType="bullet", start="•",
                        leftIndent=16)  # fmt: skip


def steps(*texts: str) -> Flowable:
    return ListFlowable([ListItem(Paragraph(text, _BODY)) for text in texts], bulletType="1", bulletFormat="%s.",
                        leftIndent=18)  # fmt: skip


def table(widths: tuple[float, ...], *rows: tuple[str, ...], padding: float = 3) -> Flowable:
    cells = [[Paragraph(text, _CELL if at else _HEAD) for text in row] for at, row in enumerate(rows)]
    whole = (0, 0), (-1, -1)
    ruled = [("GRID", *whole, 0.5, "black"), ("VALIGN", *whole, "TOP"), ("BOTTOMPADDING", *whole, padding + 2),
             ("TOPPADDING", *whole, padding)]  # fmt: skip
    return Table(cells, widths, repeatRows=1, style=ruled)


def write_handbook() -> bytes:
    """Return the PDF."""
    written = BytesIO()
    document = BaseDocTemplate(
        written, pagesize=A4, title=HANDBOOK_TITLE, author="Openbook", invariant=1,
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=80, bottomMargin=80,
    )  # fmt: skip
    inner = _WIDTH - 2 * _MARGIN
    column = (inner - _GUTTER) / 2
    frames = {
        "one": [Frame(_MARGIN, 80, inner, _HEIGHT - 160, 0, 0, 0, 0)],
        "two": [Frame(left, 80, column, _HEIGHT - 160, 0, 0, 0, 0) for left in (_MARGIN, _MARGIN + column + _GUTTER)],
        "spanned": [
            Frame(_MARGIN, _HEIGHT - 190, inner, 110, 0, 0, 0, 0),
            *(Frame(left, 80, column, _HEIGHT - 280, 0, 0, 0, 0) for left in (_MARGIN, _MARGIN + column + _GUTTER)),
        ],
    }
    document.addPageTemplates([PageTemplate(name, frame, onPage=_running) for name, frame in frames.items()])
    document.build(_story())
    return written.getvalue()


def _running(canvas: Canvas, _: BaseDocTemplate) -> None:
    """Draw header and footer, and label the page."""
    number = canvas.getPageNumber()
    if number == 1:
        canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)
        canvas.addPageLabel(len(LABELS), style="ARABIC", start=1)
    label = [*LABELS, *map(str, range(1, 9))][number - 1]
    canvas.setFont("Helvetica", 8)
    canvas.drawString(_MARGIN, _HEIGHT - 48, "Serving models on SageMaker")
    canvas.drawRightString(_WIDTH - _MARGIN, _HEIGHT - 48, "Openbook course notes")
    canvas.drawCentredString(_WIDTH / 2, 44, label)


def _page(template: str) -> list[Flowable]:
    return [NextPageTemplate(template), PageBreak()]


def _story() -> list[Flowable]:
    return [
        Paragraph(HANDBOOK_TITLE, _TITLES[22]),
        h1("Preface"),
        p(
            "This handbook walks through the life of a model after training: which door it is served through, how the "
            "fleet behind that door grows and shrinks, and how a new version is let in without locking anybody out."
        ),
        p(
            "Every limit was checked on 1 November 2026. Quotas move, so look them up again before a design depends on "
            "one. The handbook was written for readers who have trained a model before and have never run one."
        ),
        p("The chapters are short and can be read in any order. Reading all of them takes about forty minutes."),
        *_page("one"),
        h1("Words used in this handbook"),
        p("<b>Cold start:</b> the wait while a container is fetched and a model loaded because none was ready."),
        p("<b>Fleet:</b> the instances that serve one version of an endpoint."),
        p("<b>Baking period:</b> the time in which a new fleet is watched before it receives more traffic."),
        p("<b>Variant:</b> one model with its instance type and weight behind an endpoint."),
        p(
            "<b>Inference component:</b> a model with its own share of accelerators, CPU cores and memory on a fleet "
            "that several models use."
        ),
        p("<b>Shadow variant:</b> a variant that gets copies of requests and whose replies nobody sees."),
        *_page("one"),
        h1("1 Choosing a door"),
        p(
            "SageMaker has four doors for predictions. Three of them stay open and answer calls; the fourth, batch "
            "transform, opens, works through a folder of files and closes again. Begin with the hardest limit: a "
            "request that is too large or too slow for a door rules that door out whatever it costs."
        ),
        table(
            (105, 80, 105, 177),
            ("Door", "Largest request", "Longest answer", "Made for"),
            ("Real-time endpoint", "about 6 MB", "60 seconds", "Interactive traffic that never stops"),
            ("Serverless inference", "4 MB", "60 seconds", "Traffic with long quiet spells"),
            ("Asynchronous inference", "1 GB", "1 hour", "Big inputs that may wait in a queue"),
            ("Batch transform", "files in S3", "days", "Scoring a whole dataset on a schedule"),
        ),
        Spacer(1, 10),
        h2("What an endpoint is made of"),
        p(
            "An endpoint is put together from three parts. The model joins an artifact to a container image. The "
            "endpoint configuration names variants and instance types. The endpoint is the address that clients call."
        ),
        p(
            "Because the configuration is a part of its own, a new one can be rolled out while the address stays the "
            "same and callers notice nothing."
        ),
        *_page("two"),
        h1("2 Without servers"),
        p(
            "A serverless endpoint has no instances to choose. You set its memory, from 1 GB to 6 GB in whole "
            "gigabytes, and pay for the milliseconds in which it computes."
        ),
        p(
            "One serverless endpoint works on at most 200 requests at once. The image may weigh 10 GB, and the "
            "container finds 5 GB of scratch disk."
        ),
        h2("What it cannot do"),
        bullets(
            "run on a GPU",
            "host several models behind one address",
            "sit inside a VPC of yours",
            "capture data for monitoring",
        ),
        p(
            "A model must have loaded and passed its health check within three minutes, or the endpoint does not come "
            "up. Provisioned concurrency keeps containers warm, for a fee, where cold starts hurt."
        ),
        FrameBreak(),
        h1("3 Through a queue"),
        p(
            "An asynchronous endpoint accepts a request, stores it in a queue of its own and returns at once. The "
            "client leaves the input in S3 and fetches the output there; Amazon SNS can tell when it is done."
        ),
        p(
            "Since 2026 an input of up to 128,000 bytes may travel inside the request, so that small inputs need no "
            "detour through S3."
        ),
        p(
            "When the queue runs dry the fleet can shrink to zero instances. The setting "
            "MaxConcurrentInvocationsPerInstance caps what one container is handed at a time."
        ),
        *_page("spanned"),
        h1("4 Many models behind one address"),
        p(
            "Thousands of small models that each get a little traffic are too many for thousands of endpoints. "
            "SageMaker offers four ways to let models share a fleet; they differ in what is shared."
        ),
        FrameBreak(),
        h2("Multi-model endpoints"),
        p(
            "All models use one container. A model is fetched from S3 when the first request names it with "
            "TargetModel, and thrown out of memory when room is short. The first call to a model that is not in "
            "memory is therefore slow."
        ),
        p("A model with heavy traffic should move to an endpoint of its own."),
        h2("Multi-container endpoints"),
        p(
            "Up to 15 containers with different frameworks stand side by side, and the caller picks one with "
            "TargetContainerHostname."
        ),
        FrameBreak(),
        h2("Inference pipelines"),
        p(
            "Two to fifteen containers run one after the other, each fed with the reply of the one before. They share "
            "an instance, so what passes between them never crosses the network."
        ),
        h2("Inference components"),
        p(
            "Each model states the accelerators and the memory that a copy needs, and SageMaker packs copies onto "
            "instances. Only an endpoint that hosts inference components can scale in to zero instances in real time."
        ),
        *_page("one"),
        h1("5 Limits at a glance"),
        p(
            "The table gathers the figures that decide most designs. It goes on over the page; its head is repeated."
        ),
        p(
            "A limit that can be raised on request is called a quota in the console. Those in the table are of the "
            "service itself, except where a remark says otherwise. Where two limits meet, as payload and time do for a "
            "large image, the stricter one decides."
        ),
        p(
            "An example: a scan of 40 MB is refused by a real-time endpoint and by a serverless one. It fits an "
            "asynchronous endpoint, which is thus the only door that stays open for it as long as somebody waits."
        ),
        table(
            (150, 117, 200),
            ("Limit", "Value", "Remark"),
            ("Real-time container, answer", "60 seconds", "Then the caller gets an error"),
            ("Real-time container, connection", "250 milliseconds", "To accept the connection"),
            ("Serverless, memory", "1 GB to 6 GB", "In steps of 1 GB"),
            ("Serverless, concurrency", "200", "Requests of one endpoint at once"),
            ("Serverless, image", "10 GB", "Of the container"),
            ("Serverless, scratch disk", "5 GB", "Lost when the container goes"),
            ("Serverless, start", "3 minutes", "Loading and health check together"),
            ("Asynchronous, payload", "1 GB", "Left in S3 by the client"),
            ("Asynchronous, answer", "1 hour", "Per request"),
            ("Asynchronous, inline payload", "128,000 bytes", "Since 2026"),
            ("Batch, mini-batch by default", "6 MB", "Set by MaxPayloadInMB"),
            ("Batch, mini-batch at most", "100 MB", "Set by MaxPayloadInMB"),
            ("Pipeline, containers", "2 to 15", "Older notes say 5"),
            ("Multi-container, containers", "15", "Called one by one"),
            ("Shadow test by default", "7 days", "Managed by SageMaker"),
            ("Shadow test at most", "30 days", "Managed by SageMaker"),
            ("Cooldown of scaling out", "300 seconds", "Default"),
            ("Cooldown of scaling in", "300 seconds", "Default"),
            ("Canary portion", "50%", "Of the green fleet, at most"),
            ("Linear step", "10% to 50%", "All steps are equal"),
            ("Rolling batch", "5% to 50%", "Of the instances"),
            ("Recommender, default job", "45 minutes", "At most"),
            ("Recommender, advanced job", "2 hours", "On average"),
            ("Lambda, one invocation", "15 minutes", "Serving outside SageMaker"),
            ("HTTPS port of an interface endpoint", "443", "Open it to the clients"),
            padding=7,
        ),
        Spacer(1, 10),
        p("A serving container of your own listens on port 8080 and answers the paths /ping and /invocations."),
        *_page("one"),
        h1("6 Growing and shrinking"),
        p(
            "Application Auto Scaling adds and removes instances. Target tracking, which keeps a metric near a value "
            "that you choose, is the policy to begin with."
        ),
        h2("Finding the target"),
        steps(
            "Load one instance until its latency climbs, and write down the requests per second just before.",
            "Multiply by a safety factor, at first 0.5.",
            "Multiply by 60, because the metric counts by the minute.",
            "Register the variant with its least and greatest number of instances.",
            "Attach the policy and watch one rise and one fall of the traffic.",
        ),
        h2("An example"),
        p(
            "One instance bears 40 requests per second. With a safety factor of 0.5 the target is 40 × 0.5 × 60 = "
            "1,200 invocations per minute. A rush hour of 160 requests per second is 9,600 per minute, and 9,600 / "
            "1,200 = 8 instances."
        ),
        p(
            "Keep at least two instances in production, since SageMaker spreads them over Availability Zones and one "
            "alone would fail with its zone."
        ),
        h2("In code"),
        Preformatted(
            "client.register_scalable_target(\n"
            "    ServiceNamespace='sagemaker',\n"
            "    ScalableDimension='sagemaker:variant:DesiredInstanceCount',\n"
            "    MinCapacity=2,\n"
            "    MaxCapacity=8)",
            _CODE,
        ),
        *_page("two"),
        h1("7 Letting a new version in"),
        p(
            "During an update two fleets live side by side: blue serves the old version, green the new one. If an "
            "alarm in CloudWatch goes off while green is baking, all traffic returns to blue."
        ),
        h2("Three ways to shift"),
        bullets(
            "All at once: green takes everything in one step.",
            "Canary: green takes a small share, bakes, and then takes the rest.",
            "Linear: green takes equal steps and bakes after each.",
        ),
        p(
            "A linear update in steps of 20% with bakes of 15 minutes spends five times 15, that is 75 minutes, in "
            "baking."
        ),
        FrameBreak(),
        h2("Rolling instead"),
        p(
            "A rolling update replaces the instances batch by batch and never pays for a second fleet. It works "
            "neither for serverless endpoints nor for endpoints with several variants."
        ),
        h2("Trying before shifting"),
        p(
            "A shadow variant shows how the new version behaves on real traffic without risk. What people would do "
            "with its replies stays unknown, as nobody sees them; for that an A/B test is needed."
        ),
        p(
            "Weights share the traffic of an A/B test: with weights 4 and 1 the first variant gets 4 / 5 = 80% of the "
            "requests. TargetVariant bypasses the weights for one call."
        ),
        *_page("one"),
        h1("8 Before the first request"),
        p("Work through this list before an endpoint is opened to people."),
        steps(
            "Write down the largest request and the longest answer, and check them against chapter 5.",
            "Load-test one instance; Inference Recommender can do it for several types.",
            "Set two instances as the least, and a target from chapter 6.",
            "Create alarms for ModelLatency and for 5XX errors, and name them in the update policy.",
            "Try an update with a canary, and break the new version on purpose once to see the traffic return.",
        ),
        p(
            "ModelLatency is the time that the container needs, in microseconds; OverheadLatency is what SageMaker "
            "adds. If the first rises, look at the model; if the second rises, look at the way to it."
        ),
        p(
            "Clients without AWS credentials cannot call an endpoint. Put API Gateway and a Lambda function in front "
            "of it."
        ),
    ]  # fmt: skip
