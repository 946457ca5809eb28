"What `pyproject.toml` declares dynamic: version from the package, README with pictures that PyPI can show, the rest from settings.ini."
import re
from configparser import ConfigParser
from pathlib import Path
from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

here = Path(__file__).parent
def read(f): return (here/f).read_text(encoding='utf-8')

init,readme = read('convpapers/__init__.py'), read('README.md')
repo = re.search(r'^Repository\s*=\s*"https://github\.com/([^"]+)"', read('pyproject.toml'), re.M)[1]
ini = ConfigParser(delimiters=['='], interpolation=None)
ini.read(here/'settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']
stages = 'Planning,Pre-Alpha,Alpha,Beta,Production/Stable,Mature,Inactive'.split(',')

def words(key): return cfg.get(key, '').split()

# Ready-made kernels (`python -m convpapers.lab.prebuild`) make the wheel one for their kind of machine
native = here/'convpapers/_native'
kinds = {'aarch64' if f.parent.name=='aarch64' else 'x86_64' for f in native.glob('*/*.so')}
if len(kinds)>1: raise SystemExit(f'{native} has kernels for {" and ".join(sorted(kinds))}; a wheel is for one of them: delete the others')

class Kernels(Distribution):
    "One that has compiled parts, if it has"
    def has_ext_modules(self): return bool(kinds)

class Wheel(bdist_wheel):
    "Any Python; any machine, unless there are ready-made kernels"
    def get_tag(self):
        plat = self.plat_name if self.plat_name_supplied else f'linux_{min(kinds)}' if kinds else 'any'
        return 'py3', 'none', plat.replace('-', '_').replace('.', '_')

extras = {k.removesuffix('_requirements'): words(k) for k in cfg if k.endswith('_requirements')}
extras['dev'] = [r for name in extras for r in extras[name]]

setup(distclass=Kernels, cmdclass={'bdist_wheel': Wheel},
    long_description=re.sub(r'(!\[[^\]]*\]\()(?!https?:)', rf'\1https://raw.githubusercontent.com/{repo}/main/', readme),
    long_description_content_type='text/markdown', version=re.search(r'^__version__\s*=\s*"([^"]+)"', init, re.M)[1],
    install_requires=words('requirements'), extras_require=extras,
    entry_points={'console_scripts': words('console_scripts'), 'nbdev': ['convpapers=convpapers._modidx:d']},
    classifiers=['Programming Language :: Python :: 3', f"Intended Audience :: {cfg['audience']}",
        f"Topic :: {cfg['topic']}", f"Development Status :: {cfg['status']} - {stages[int(cfg['status'])-1]}"])
