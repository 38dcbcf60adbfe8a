"""`sitmon completion`: the script with which a shell completes sitmon's commands and options."""

import click
from click.shell_completion import get_completion_class


@click.command("completion", short_help="Print the script for shell completion.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete sitmon's commands and options.

    \b
    sitmon completion bash > ~/.local/share/bash-completion/completions/sitmon
    sitmon completion zsh > ~/.zfunc/_sitmon
    sitmon completion fish > ~/.config/fish/completions/sitmon.fish
    """  # noqa: D301 - click's mark for lines that stay as they are
    writer = get_completion_class(shell)
    assert writer is not None
    click.echo(writer(ctx.find_root().command, {}, "sitmon", "_SITMON_COMPLETE").source())
