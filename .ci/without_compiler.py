"""Shows that the ready-made kernels of an installed wheel run where there is no compiler.

`python .ci/without_compiler.py` loads and checks those that are there; `--all` asks for every kernel. It fails where a
compiler is found, where a kernel does not come from the wheel, or where the layers do not call it."""
import os, sys
sys.path.pop(0) # the checkout's tools; the package is the installed one

import torch
from convpapers import FuSeConv2d
from convpapers.fully_separable.cpu_kernel import native as fuse
from convpapers.lab.native import find_compiler, levels, shipped_libraries
from convpapers.lab.prebuild import kernels

class Counted:
    "A library that notes which of its functions are called"
    def __init__(self, library): self.library,self.calls = library,[]
    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self.library, name)

if find_compiler(): sys.exit(f'a compiler is there: {find_compiler()}')
there = {n: k for n,k in kernels().items() if shipped_libraries(n, k.source) or '--all' in sys.argv}
for n,k in there.items():
    k.library()
    print(f'{n:22} {k.origin or k.reason}')
missing = [n for n,k in there.items() if k.origin not in levels()]
if missing or 'fully_separable' not in there: sys.exit(f'not from the wheel: {missing or "fully_separable"}')

layer,x = FuSeConv2d(16, 16, 3, padding=1).eval(),torch.randn(2, 16, 20, 20)
fuse._library = seen = Counted(fuse.library())
with torch.no_grad(): y = layer(x)
fuse._library = None
with torch.no_grad(): torch.testing.assert_close(y, layer(x))
if not seen.calls: sys.exit('the layer does not call its kernel')
print(f'FuSeConv2d called {", ".join(seen.calls)}')
