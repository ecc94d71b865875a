"""Run a lesson in a kernel of its own, with nothing of this computer's in reach."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from oikit.errors import InputError, MissingExtra


def run(notebook: Any, *, name: str = "the notebook", seconds: int = 300) -> Any:
    """Execute all cells in an empty folder, as a new learner without a stored market would."""
    try:
        import ipykernel
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError
    except ImportError as error:
        raise MissingExtra("nbclient with ipykernel", "report") from error
    del ipykernel
    with tempfile.TemporaryDirectory(prefix="oikit-") as folder:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("OIKIT_")}
        # One thread: a lesson computes little, and many of them may run side by side.
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        client = NotebookClient(
            notebook,
            timeout=seconds,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(env=kept | threads | {"OIKIT_STORE": str(Path(folder) / "store")})
        except CellExecutionError as error:
            raise InputError(f"{name} stops: {error.ename}: {error.evalue}") from error
        except CellTimeoutError as error:
            raise InputError(f"{name} stops: a cell took longer than {seconds} seconds") from error
    return notebook
