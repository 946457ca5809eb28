"What `pyproject.toml` declares dynamic: version from the package, README with pictures that PyPI can show, the rest from settings.ini."
import re
from configparser import ConfigParser
from pathlib import Path
from setuptools import setup

here = Path(__file__).parent
def read(f): return (here/f).read_text(encoding='utf-8')

init,readme = read('convpapers/__init__.py'), read('README.md')
repo = re.search(r'^Repository\s*=\s*"https://github\.com/([^"]+)"', read('pyproject.toml'), re.M)[1]
ini = ConfigParser(delimiters=['='], interpolation=None)
ini.read(here/'settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']
stages = 'Planning,Pre-Alpha,Alpha,Beta,Production/Stable,Mature,Inactive'.split(',')

def words(key): return cfg.get(key, '').split()

extras = {k.removesuffix('_requirements'): words(k) for k in cfg if k.endswith('_requirements')}
extras['dev'] = [r for name in extras for r in extras[name]]

setup(long_description=re.sub(r'(!\[[^\]]*\]\()(?!https?:)', rf'\1https://raw.githubusercontent.com/{repo}/main/', readme),
    long_description_content_type='text/markdown', version=re.search(r'^__version__\s*=\s*"([^"]+)"', init, re.M)[1],
    install_requires=words('requirements'), extras_require=extras,
    entry_points={'console_scripts': words('console_scripts'), 'nbdev': ['convpapers=convpapers._modidx:d']},
    classifiers=['Programming Language :: Python :: 3', f"Intended Audience :: {cfg['audience']}",
        f"Topic :: {cfg['topic']}", f"Development Status :: {cfg['status']} - {stages[int(cfg['status'])-1]}"])
