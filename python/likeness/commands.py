"""The commands, each of which needs PyTorch only when it is run."""

from importlib import import_module

from .faults import Fault, run


def command(name):
    def start():
        try:
            module = import_module(f".{name}", __package__)
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            raise Fault("This command needs PyTorch: install torch, or Debian's python3-torch.") from error
        module.main()

    return lambda: run(start)


train, embed, neighbours, sample = map(command, ("train", "embed", "neighbours", "sample"))
