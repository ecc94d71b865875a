"""Commands that make what the repository holds: the student notebooks and the bundled pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

__all__ = ["course", "pack"]


def course() -> click.Command:
    """Build ``oikit course``."""
    import click

    group = click.Group("course", help="Make the lessons.")

    @group.command("build")
    @click.option("--source", default="notebooks/source", show_default=True, metavar="FOLDER")
    @click.option("--out", default="notebooks", show_default=True, metavar="FOLDER")
    def build(source: str, out: str) -> None:
        """Make the learner's notebooks from their sources."""
        from oikit.learn import course as lessons

        for path in lessons.build(source, out):
            click.echo(path)

    return group


def pack() -> click.Command:
    """Build ``oikit pack``."""
    import click

    @click.command("pack")
    @click.argument("folder")
    def command(folder: str) -> None:
        """Make the bundled simulated markets again, into FOLDER, from their seeds."""
        from oikit.data import samples

        for name in samples.build(folder):
            click.echo(name)

    return command
