"""Makes `convpapers/data/animals.npz` from a wheel: `pip download animal-mnist==0.4 --no-deps && python .ci/animals.py animal_mnist-0.4-*.whl`.

The pictures are pickled there. An unpickler that knows arrays and nothing else reads them, so no code of the wheel is run.
Copies and near copies leave before anything is split; the licence is written beside the file."""
import gzip, hashlib, io, pickle, sys, zipfile
from pathlib import Path

import numpy as np

SHA256 = 'aeebf3d9de4552d6fd2d5701424e1a5b9020f8e5115d68df9db252f2f53ce2ce'
NAMES = 'bear bird cat cow dog elephant giraffe horse sheep zebra'.split()  # In the order of the labels
NEAR = 8.   # Squared distance, of pixels from 0 to 1; two pictures of the set are hardly ever nearer by chance
folder = Path(__file__).resolve().parents[1]/'convpapers/data'
HEAD = '''animals.npz holds pictures of animal-mnist 0.4 by Sina Mohammadi, https://pypi.org/project/animal-mnist/,
without copies and near copies. They came under this licence:

'''

class Arrays(pickle.Unpickler):
    "Reads pickled numpy arrays; anything else raises"
    def find_class(self, module, name):
        if (module,name)==('numpy.core.multiarray','_reconstruct'): return np.zeros(0).__reduce__()[0]
        if module=='numpy' and name in ('ndarray','dtype'): return getattr(np, name)
        raise pickle.UnpicklingError(f'{module}.{name} is no part of an array')

def read(
    wheel, # Its path
)->tuple: # Pictures `(n, 28, 28)`, labels, text of the licence
    "What the wheel holds"
    data = Path(wheel).read_bytes()
    if (have := hashlib.sha256(data).hexdigest())!=SHA256: raise ValueError(f'{wheel} has the SHA-256 {have}, not {SHA256}')
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        one = lambda end: z.read(next(n for n in z.namelist() if n.endswith(end)))
        x,y = (Arrays(io.BytesIO(gzip.decompress(one(f'animal_{k}_version_3.gz')))).load() for k in ('data','label'))
        return x, y.astype(np.uint8), one('LICENSE').decode()

def distinct(
    x, # Pictures
)->np.ndarray: # Which to keep
    "Keep a picture unless it, or its mirror image, lies near one that is kept already"
    flat,mirror = (a.reshape(len(x), -1).astype(float) for a in (x, x[:,:,::-1]))      # whole numbers: sums are exact
    size = (flat**2).sum(1)
    keep = np.ones(len(x), bool)
    for i in range(1, len(x)):
        square = lambda other: size[:i]+size[i]-2*flat[:i]@other[i]
        near = np.minimum(square(flat), square(mirror))<NEAR*255**2
        keep[i] = not (near & keep[:i]).any()
    return keep

def main(wheel):
    x,y,licence = read(wheel)
    keep = distinct(x)
    folder.mkdir(exist_ok=True)
    np.savez_compressed(folder/'animals.npz', images=x[keep], labels=y[keep], names=NAMES)
    (folder/'animals-LICENSE.txt').write_text(HEAD+licence.rstrip()+'\n', encoding='utf-8')
    print(f'{len(x)} pictures, {keep.sum()} kept: {dict(zip(NAMES, np.bincount(y[keep]).tolist()))}')

if __name__=='__main__': main(*sys.argv[1:])
