"""Makes more_operators.pt and cut.pt beside it: python make_operators.py (torch).

A module with a method caseN for each expression; buffers inN_0 hold its argument, outN what PyTorch computes of it in
float64, stored in float32.
"""
import io, pathlib, zipfile
import torch

HERE = pathlib.Path(__file__).parent
A, B, C = (2, 5, 4), (2, 3, 4, 4), (1, 6)
CASES = [
    (A, "torch.softmax(x, 1).quantile(0.3, 1)"), (A, "torch.quantile(x, 0.77, 2, True)"), (A, "torch.quantile(x, 0.5)"),
    (A, "torch.quantile(x, 0.4, 1, False, interpolation='lower')"), (A, "torch.quantile(x, 0.4, 1, False, interpolation='higher')"),
    (A, "torch.quantile(x, 0.4, 1, False, interpolation='midpoint')"), (A, "torch.quantile(x, 0.4, 1, False, interpolation='nearest')"),
    (A, "torch.quantile(x, torch.tensor([0.1, 0.9]).to(x.dtype), 2)"), (A, "torch.kthvalue(x, 2, 1)[0]"), (A, "torch.kthvalue(x, 4, 1, True)[0]"),
    (A, "torch.median(x)"), (A, "torch.median(x, 2)[0]"), (A, "torch.sort(x, 1, True)[0]"), (A, "torch.sort(x, stable=True, dim=2)[0]"),
    (A, "torch.take_along_dim(x, torch.argsort(x, 2), 2)"), (A, "torch.gather(x, 1, torch.argsort(x, 1, True))"),
    (A, "torch.hstack([x, x * 2])"), (A, "torch.vstack([x, x * 2])"), (A, "torch.dstack([x, x * 2])"), (C, "torch.hstack([x[0], x[0] * 2])"),
    (C, "torch.meshgrid([x[0], x[0][:2]], indexing='ij')[0]"), (C, "torch.meshgrid([x[0], x[0][:2]], indexing='xy')[1]"),
    (C, "torch.meshgrid([x[0], x[0][:2], x[0][:3]], indexing='xy')[2]"), (A, "torch.tensor_split(x, 3, 1)[0]"), (A, "torch.tensor_split(x, 3, 1)[2]"),
    (A, "torch.tensor_split(x, [1, -1], 1)[1]"), (B, "torch.rot90(x, 1, [2, 3])"), (B, "torch.rot90(x, 3, [1, 2])"), (B, "torch.rot90(x, -2, [3, 1])"),
    (B, "torch.fliplr(x)"), (B, "torch.flipud(x)"), (A, "torch.diff(x, 2, 1)"), (A, "torch.diff(x, 1, -1, x, x[:, :, :1])"),
    (B, "torch.diagonal(x, 0, 2, 3)"), (B, "torch.diagonal(x, 1, -1, 1)"), (B, "torch.diagonal(x, -2, 2, 3)"), (A, "torch.diag_embed(x)"),
    (A, "torch.nn.functional.pairwise_distance(x[0], x[1])"), (A, "torch.nn.functional.pairwise_distance(x[0], x[1], 1.0, 1e-6, True)"),
    (A, "torch.dist(x[0], x[1], 3)"), (A, "torch.aminmax(x, dim=1)[0]"), (A, "torch.aminmax(x, dim=2, keepdim=True)[1]"),
    (A, "torch.count_nonzero(x > 0.2, 1) * 1.0"), (A, "torch.prod(x)"), (A, "torch.exp2(x)"), (A, "torch.trunc(x * 3)"), (A, "torch.frac(x * 3)"),
    (A, "torch.hypot(x, x + 1)"), (A, "torch.logaddexp(x, x * 2)"), (A, "torch.asinh(x)"), (A, "torch.acosh(x.abs() + 1.5)"), (A, "torch.atanh(x * 0.2)"),
    (A, "torch.nan_to_num(torch.log(x), 0.5, 2.0, -3.0)"), (A, "torch.nan_to_num(x / 0.0, 1.0, 2.0, -3.0)"), (A, "torch.where(torch.isfinite(x / x.relu()), x, x * 2)"),
    (A, "torch.where(torch.isnan(torch.log(x)), x, x * 2)"), (A, "torch.nn.functional.softplus(x * 2, 2.0, 1.5)"), (A, "torch.sum(x * 3, dtype=torch.int64) * 1.0"),
    (A, "torch.sum(x * 3, 1, dtype=torch.int64) * 1.0"), (C, "torch.vdot(x[0], x[0] + 1)"), (C, "torch.matmul(x[0], x[0] + 1)"),
    (B, "torch.scaled_dot_product_attention(x.repeat(1, 2, 1, 1), x * 2, x + 1, enable_gqa=True, scale=0.4)"),
    (B, "torch.grid_sampler(x, x[:, :2].permute(0, 2, 3, 1) * 2, 0, 2, True)"), (B, "torch.grid_sampler(x, x[:, :2].permute(0, 2, 3, 1) * 2, 0, 2, False)"),
    (B, "torch.grid_sampler(x, x[:, :2].permute(0, 2, 3, 1) * 3, 1, 2, False)"), (B, "torch.layer_norm(x, [4, 4])"),
    (A, "torch.einsum('...ij,...ij->...i', [x, x + 1])"), (A, "torch.einsum('...ij', [x])"),
    (A, "torch.einsum('...ij,...kj->...ik', [x[:1], x])"), (A, "torch.einsum('bij,bkj,bl->kl', [x[:, :1], x, x[:1, :, 0]])"),
    (A, "torch.exp(torch.logaddexp(torch.log(x * 0.0), torch.log(x.relu())))"), (A, "torch.logaddexp(x * 50, torch.log(x.relu()))"),
    (A, "torch.logsumexp(torch.log(x.relu()), 2).exp()"), (A, "torch.norm(x.relu(), 0, 1)"), (A, "torch.linalg.vector_norm(x.relu(), 0)"),
    ((1, 11), "torch.quantile(x, 0.9, 1, interpolation='lower')"), ((1, 11), "torch.quantile(x, 0.9, 1, interpolation='higher')"),
    (C, "torch.dot(x[0], x[0] + 1)"),
]


class Lstm(torch.nn.Module):
    """With outputs that a matrix makes smaller."""

    def __init__(self):
        super().__init__()
        self.r = torch.nn.LSTM(4, 6, 2, batch_first=True, bidirectional=True, proj_size=2)

    def forward(self, x):
        return torch.cat([self.r(x)[0].flatten(1), self.r(x)[1][0].flatten()[None].expand(2, -1), self.r(x)[1][1].flatten()[None].expand(2, -1)], 1)


class Cut(torch.nn.Module):
    """Leaves nothing of images of fewer than 5 rows or 3 columns."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(1, 4, 1)
        self.last = torch.nn.Linear(4, 2)

    def forward(self, x):
        x = torch.relu(self.first(x))[:, :, 2:-2]
        return self.last(torch.nn.functional.pad(x, (-1, -1)).mean((2, 3)))


def packed(scripted, file):
    whole = io.BytesIO()
    torch.jit.save(scripted, whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(HERE / file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.endswith(".debug_pkl"):
                new.writestr(name, old.read(name))


def main():
    torch.manual_seed(3)
    module = torch.nn.Module()
    module.lstm = Lstm()
    calls = CASES + [(A, "self.lstm(x)")]
    code = []
    for i, (shape, text) in enumerate(calls):
        x = torch.randn(*shape, dtype=torch.float64)
        given = {"torch": torch, "x": x, "self": module.double()}
        source = text.replace("torch.scaled_dot", "torch._C._nn.scaled_dot")
        module.register_buffer(f"in{i}_0", x.float())
        module.register_buffer(f"out{i}", eval(source, given).detach().float())
        code.append(f"def case{i}(self, x: Tensor) -> Tensor:\n    return {source}\n")
    scripted = torch.jit.script(module.float().eval())
    for each in code:
        scripted.define(each)
    packed(scripted, "more_operators.pt")
    packed(torch.jit.trace(Cut().eval(), torch.rand(1, 1, 8, 8)), "cut.pt")


if __name__ == "__main__":
    main()
