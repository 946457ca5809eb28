"""Writes the two tables of contents, `nbs/sidebar.yml` and `nbs/llms.txt`: `python .ci/contents.py`.

`index` first, one section for each folder, the lab after the chapters, then the loose pages; files by their numbers."""
import json, re
from itertools import groupby
from pathlib import Path

import yaml
from nbdev.config import nbpath2html

TITLES = {'even_kernels': 'Even-sized kernels', 'learned_strides': 'Learned strides', 'hypercomplex': 'Hypercomplex convolution', 'active_shift': 'Active shift', 'xsepconv': 'XSepConv', 'lab': 'The lab'} # A folder that is not named here is titled by its own name

def pages(root):
    "Pages of the site below `root`, in reading order"
    found = [p.relative_to(root) for p in Path(root).rglob('*') if p.suffix in ('.ipynb','.qmd')]
    found = [p for p in found if not any(part[0] in '._' for part in p.parts)]
    chapters = [c for c in TITLES if c!='lab']
    def order(p):
        chapter = p.parts[0] if len(p.parts)>1 else ''
        place = 0 if str(p)=='index.ipynb' else 3 if not chapter else 2 if chapter=='lab' else 1
        return place, chapters.index(chapter) if chapter in chapters else len(chapters), p.as_posix()
    return sorted(found, key=order)

def sections(root):
    "`(title, pages)`, the title empty for loose pages"
    for folder,ps in groupby(pages(root), lambda p: p.parts[0] if len(p.parts)>1 else ''):
        yield TITLES.get(folder, folder.replace('_', ' ').capitalize()), list(ps)

def sidebar(root):
    contents = []
    for title,ps in sections(root):
        names = [p.as_posix() for p in ps]
        contents += [{'section': title, 'contents': names}] if title else names
    return yaml.safe_dump({'website': {'sidebar': {'style': 'floating', 'contents': contents}}}, sort_keys=False)

def heading(path):
    "Title and subtitle of a page"
    text = path.read_text(encoding='utf-8')
    if path.suffix=='.ipynb': text = ''.join(json.loads(text)['cells'][0]['source'])
    return [m[1] if (m := re.search(rf'^{mark} +(.+?)\s*$', text, re.M)) else '' for mark in '#>']

def llms(root):
    site = yaml.safe_load((root/'nbdev.yml').read_text(encoding='utf-8'))['website']
    out = [f"# {site['title']}\n\n> {site['description']}"]
    for title,ps in sections(root):
        links = [(*heading(root/p), f"{site['site-url']}/{nbpath2html(p).as_posix()}.md") for p in ps]
        out += [f'## {title}']*bool(title) + ['\n'.join(f'- [{t}]({url}): {sub}' for t,sub,url in links)]
    return '\n\n'.join(out)+'\n'

FILES = {'sidebar.yml': sidebar, 'llms.txt': llms}

def stale(root): return [f for f,make in FILES.items() if not (root/f).exists() or (root/f).read_text(encoding='utf-8')!=make(root)]

if __name__=='__main__':
    nbs = Path(__file__).resolve().parents[1]/'nbs'
    for f,make in FILES.items(): (nbs/f).write_text(make(nbs), encoding='utf-8')
