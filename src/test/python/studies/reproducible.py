"""PyTorch that gives the same bits for the same seed: one thread, and the instructions of AVX2 on
processors that have more, too. Import it before anything else that loads PyTorch."""

import os

os.environ.update(ATEN_CPU_CAPABILITY="avx2", ONEDNN_MAX_CPU_ISA="AVX2", MKL_CBWR="COMPATIBLE")

import torch  # noqa: E402  (it reads them when it is loaded)

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.utils.deterministic.fill_uninitialized_memory = False
