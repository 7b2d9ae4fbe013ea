"""Likeness beyond one machine: the page's runs in PyTorch.

Everything that must equal the page is computed as there and compared with it by
`cargo xtask torch`. numpy and Pillow suffice to read models and to embed pictures; training
needs PyTorch.

- `settings`: settings of a run, from a link, a run's JSON or a model
- `random`: the page's random numbers
- `pictures`: a picture at working size; sources of pictures, and their decoding
- `augment`: random views
- `encoder`: the network, its initial weights and its first layer made for the set
- `losses`: the losses of a batch, on one process or many
- `whitening`: the whitening of the map that embeds pictures
- `model_file`: models and snapshots in the page's format
- `embedding`: embedding by numpy, PyTorch or JAX
- `train`, `embed`, `neighbours`, `sample`: the commands, which `commands` starts
- `processes`: one process, or the many of a run by torchrun
- `experiment`: an experiment for the page to open
- `progress`: a bar, or lines
- `faults`: failures that end a command with one sentence
"""
