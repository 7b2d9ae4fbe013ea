"""The processes of a run, as started by `torchrun`, and what they exchange."""

import os
from datetime import timedelta

import torch
from torch import distributed


class Processes:
    """One process, or several that share a run."""

    def __init__(self, device=None):
        self.count, self.place = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        local = int(os.environ.get("LOCAL_RANK", 0))
        # The first process reads and writes the folder of the run for all.
        self.leads = self.place == 0
        kind = device or ("cuda" if torch.cuda.is_available() else "cpu")
        if kind == "cuda":
            torch.cuda.set_device(local)
        self.device = torch.device(kind, local) if kind == "cuda" else torch.device(kind)
        self.are_many = "WORLD_SIZE" in os.environ and self.count > 1
        if self.are_many:
            # The others wait while the first decodes all pictures.
            backend = "nccl" if kind == "cuda" else "gloo"
            distributed.init_process_group(backend, timeout=timedelta(days=1))

    def wait(self):
        if self.are_many:
            distributed.barrier()

    def close(self):
        if self.are_many:
            distributed.destroy_process_group()

    def share(self, total):
        """Returns the range of this process out of `total` items, which divide evenly."""
        each = total // self.count
        return range(self.place * each, (self.place + 1) * each)

    def summed(self, values):
        """Returns the sum of a tensor over all processes, without gradients."""
        if self.are_many:
            distributed.all_reduce(values)
        return values

    def gathered(self, rows):
        """Returns the rows of all processes, in order, with gradients; each process has equally many."""
        return Gathered.apply(rows, self) if self.are_many else rows

    def sum_gradients(self, parameters):
        """Sums the gradients of all processes, in one message: they are few."""
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if self.are_many and gradients:
            flat = torch.cat([gradient.flatten() for gradient in gradients])
            distributed.all_reduce(flat)
            for gradient, part in zip(gradients, flat.split([gradient.numel() for gradient in gradients])):
                gradient.copy_(part.view_as(gradient))


class Gathered(torch.autograd.Function):
    """Concatenation of the rows of all processes.

    Each process computes its own share of the loss from all rows, so the gradient of its own rows
    is the sum of what all processes found for them.
    """

    @staticmethod
    def forward(context, rows, processes):
        context.processes, context.count = processes, len(rows)
        parts = [torch.empty_like(rows) for _ in range(processes.count)]
        distributed.all_gather(parts, rows.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(context, gradient):
        gradient = gradient.contiguous()
        distributed.all_reduce(gradient)
        begin = context.processes.place * context.count
        return gradient[begin : begin + context.count], None
