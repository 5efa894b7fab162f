"""The ingests that are compared, each run in a process of its own: `python -m bench.child openbook|langchain FOLDER`.

Prints one line of JSON: seconds to load and to work, seconds of all cores together, chunks, and the peaks of memory.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from threading import Event, Thread

from bench.frame import high_water_mib, peak_mib, settings_at, stopwatch

_WATCH_S = 0.05


class ChildrenWatch:
    """Watches the memory of the child processes of this one.

    Attributes:
        peak_mib: the largest of them so far.
        together_mib: the most that they and this process took at one time.
    """

    def __init__(self) -> None:
        self.peak_mib = self.together_mib = 0.0
        self._end = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop watching."""
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil  # type: ignore[import-untyped]

        own = psutil.Process()
        while not self._end.wait(_WATCH_S):
            together = own.memory_info().rss
            for child in own.children(recursive=True):
                try:
                    together += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
                self.peak_mib = max(self.peak_mib, high_water_mib(child.pid) or 0.0)
            self.together_mib = max(self.together_mib, together / 2**20)


def openbook(folder: Path, home: Path) -> dict[str, float]:
    """Ingest a folder as `openbook ingest` does."""
    figures: dict[str, float] = {}
    watch = ChildrenWatch()
    with stopwatch(figures, "load_s"):
        from ingest.pipeline import Ingestor
        from ingest.sources import find_sources
        from rag.bootstrap import make_embedder, open_library

        settings = settings_at(home)
        embedder = make_embedder(settings)
        library = open_library(settings, embedder)
    with stopwatch(figures, "work_s"), library:
        report = Ingestor(library, embedder, settings).ingest(find_sources([folder]))
    watch.end()
    counts = {name: getattr(report, name) for name in ("chunks", "embedded", "added", "unchanged")}
    memory = {"children_mib": watch.peak_mib, "together_mib": watch.together_mib}
    return {**figures, **counts, **memory, "failed": len(report.failed)}


def langchain(folder: Path) -> dict[str, float]:
    """Split, embed and index a folder with LangChain's parts and their defaults, as its tutorials do."""
    figures: dict[str, float] = {}
    with stopwatch(figures, "load_s"):
        import faiss
        import numpy as np
        from langchain_core.documents import Document
        from langchain_huggingface import HuggingFaceEmbeddings
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        from rag.adapters.weights import MINILM, locate

        embeddings = HuggingFaceEmbeddings(
            model_name=str(locate(MINILM)[0].parent), model_kwargs={"device": "cpu", "local_files_only": True}
        )
    with stopwatch(figures, "work_s"):
        documents = [
            Document(path.read_text("utf-8"), metadata={"source": str(path)}) for path in sorted(folder.glob("*.md"))
        ]
        chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
        vectors = np.array(embeddings.embed_documents([chunk.page_content for chunk in chunks]), np.float32)
        index = faiss.IndexFlatL2(vectors.shape[1])
        index.add(vectors)
    return {**figures, "chunks": index.ntotal, "embedded": len(chunks)}


def main() -> None:
    """Run one of them."""
    name, folder, *home = sys.argv[1:]
    figures = openbook(Path(folder), Path(home[0])) if name == "openbook" else langchain(Path(folder))
    print(json.dumps({**figures, "cpu_s": time.process_time(), "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
