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

    source = click.option("--source", default="notebooks/source", show_default=True, metavar="FOLDER")

    @group.command("build")
    @source
    @click.option("--out", default="notebooks", show_default=True, metavar="FOLDER")
    @click.option("--solutions", metavar="FOLDER", help="Write notebooks with solutions, for teachers.")
    @click.option("--nbgrader", metavar="FOLDER", help="Write a course folder for nbgrader.")
    def build(source: str, out: str, solutions: str | None, nbgrader: str | None) -> None:
        """Make the learner's notebooks from their sources, or what a teacher needs beside them."""
        from oikit.learn import course as lessons
        from oikit.learn import release

        if solutions:
            made = lessons.solutions(source, solutions)
        elif nbgrader:
            made = []
        else:
            made = lessons.build(source, out)
        if nbgrader:
            made += release.release(source, nbgrader)
        for path in made:
            click.echo(path)

    @group.command("html")
    @click.argument("folder")
    @source
    @click.option("--with-solutions", is_flag=True, help="For teachers; by default nothing is answered.")
    def html(folder: str, source: str, with_solutions: bool) -> None:
        """Run every lesson and write it as a page into FOLDER, with an index."""
        from oikit.learn.pages import pages

        for path in pages(source, folder, with_solutions=with_solutions):
            click.echo(f"{path}  {path.stat().st_size / 1e6:.1f} MB")

    @group.command("outputs")
    @click.argument("folder")
    @source
    def outputs(folder: str, source: str) -> None:
        """Run every solved lesson and keep what it says in FOLDER, for the tests."""
        from oikit.learn.outputs import write

        for path in write(source, folder):
            click.echo(path)

    @group.command("class")
    @click.argument("folder")
    def classroom(folder: str) -> None:
        """Show which misconceptions a class shares, from the progress files in FOLDER."""
        from oikit.learn.classroom import histogram

        click.echo(histogram(folder))

    return group


def pack() -> click.Command:
    """Build ``oikit pack``."""
    import click

    @click.command("pack")
    @click.argument("folder")
    def command(folder: str) -> None:
        """Make the bundled simulated markets again, into FOLDER, from their seeds."""
        from oikit.simulate import samples

        for name in samples.build(folder):
            click.echo(name)

    return command
