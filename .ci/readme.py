"""Writes README.md and its picture from `nbs/index.ipynb`: `python .ci/readme.py`.

The step for machines without Quarto: nbdev's own processors make the page, as in `nbdev-readme`, and plain Markdown comes out."""
import base64, re, sys
from pathlib import Path

from execnb.shell import CaptureShell
from fastcore.nbio import read_nb
from fastcore.xtras import working_directory
from nbdev.clean import clean_nb
from nbdev.config import get_config
from nbdev.processors import FilterDefaults
from nbdev.readme_filter import doc_link
from pybtex.database import parse_file

root = Path(__file__).resolve().parents[1]
nbs,readme = root/'nbs', root/'README.md'
index,images = nbs/'index.ipynb', nbs/'images'
NAMES = {'fig': 'Figure', 'tbl': 'Table', 'eq': 'Equation'}

def options(source): return {k: v.strip().strip('"\'') for k,v in re.findall(r'^#\|\s*([\w-]+):[ \t]+(.+)$', source, re.M)}

def notebook(run=False):
    "The index, with the outputs it gives now if `run`, after nbdev's page processors"
    with working_directory(nbs):
        nb = read_nb(index)
        if run: CaptureShell(nbs).run_all(nb, exc_stop=True)
        FilterDefaults()(nb)
        clean_nb(nb)
    return nb

def output(o, opts):
    "Markdown of one output"
    data = o.get('data', {})
    def text(k): return ''.join(data[k]).strip()
    name = opts.get('label', '')
    numbered = f'@{name}: ' if name.partition('-')[0] in NAMES else ''
    if 'image/png' in data: return f"![{opts['fig-alt']}](nbs/images/{name}.png)\n\n*{numbered}{opts['fig-cap']}*"
    if 'text/markdown' in data: return (f"*{numbered}{opts['tbl-cap']}*\n\n" if 'tbl-cap' in opts else '') + text('text/markdown')
    return '```\n'+(text('text/plain') if data else ''.join(o.get('text', '')).rstrip())+'\n```'

def code(cell):
    "Markdown of one code cell and its outputs"
    opts = options(cell.source)
    src = '\n'.join(l for l in cell.source.splitlines() if not l.startswith('#|')).strip()
    parts = [f'```python\n{src}\n```'] if src and opts.get('echo')!='false' else []
    return '\n\n'.join(parts + [output(o, opts) for o in cell.get('outputs', [])])

def prose(text):
    "Markdown without the marks that lay out the site: lines of colons, and attributes of headings"
    text = re.sub(r'^:::.*$', '', text, flags=re.M)
    return re.sub(r'\n{3,}', '\n\n', re.sub(r'^(#+ .+?) *\{[^}]*\}$', r'\1', text, flags=re.M)).strip()

def cite(key, entry):
    "`[Wu et al. 2019](url)`"
    names = [' '.join(p.prelast_names+p.last_names) for p in entry.persons['author']]
    who = names[0] if len(names)==1 else f'{names[0]} et al.' if len(names)>2 else ' and '.join(names)
    url = entry.fields.get('url') or f"https://doi.org/{entry.fields['doi']}"
    return f"[{who} {entry.fields['year']}]({url})"

def resolve(text):
    "Citations, numbers of figures and tables, and links to pages, for a reader outside the site"
    bib,cfg = parse_file(str(nbs/'references.bib')).entries, get_config(nbs)
    text = re.sub(r'\[((?:@[\w-]+(?:; )?)+)\]', lambda m: '('+', '.join(cite(k, bib[k]) for k in re.findall(r'@([\w-]+)', m[1]))+')', text)
    text = re.sub(r'@([a-z]+\d{4}[a-z]+)', lambda m: cite(m[1], bib[m[1]]), text)
    found = list(dict.fromkeys(re.findall(r'@((?:fig|tbl|eq)-[\w-]+)', text)))
    kinds = [f.partition('-')[0] for f in found]
    for i,(label,kind) in enumerate(zip(found, kinds)): text = text.replace('@'+label, f'{NAMES[kind]} {kinds[:i+1].count(kind)}')
    return re.sub(r'\]\(([^)\s]+)\)', lambda m: f']({doc_link(m[1], cfg.doc_url)})', text)

def render(run=False):
    "Text of README.md"
    nb = notebook(run)
    fm = nb.frontmatter_
    parts = [f"# {fm['title']}", f"> {fm['description']}"]
    parts += [prose(cell.source) if cell.cell_type=='markdown' else code(cell) for cell in nb.cells
        if cell.cell_type in ('markdown','code') and 'class="page-tools"' not in cell.source]
    return resolve('\n\n'.join(p for p in parts if p)) + '\n'

def pictures():
    "File name and content of each figure that the index holds"
    for cell in read_nb(index).cells:
        for o in cell.get('outputs', []):
            if 'image/png' in o.get('data', {}): yield f"{options(cell.source)['label']}.png", base64.b64decode(''.join(o['data']['image/png']))

def write():
    images.mkdir(exist_ok=True)
    for name,png in pictures(): (images/name).write_bytes(png)
    readme.write_text(render(), encoding='utf-8')

def check():
    "Raise unless the README and its pictures are what the index gives; its cells are run for that"
    have,want = readme.read_text(encoding='utf-8').splitlines(), render(run=True).splitlines()
    if have!=want:
        lines = [f'- {a}\n+ {b}' for a,b in zip(have, want) if a!=b] + [f'{len(have)} lines, not {len(want)}']
        raise AssertionError('README.md is not what nbs/index.ipynb gives: run its cells, save, then python .ci/readme.py\n'+'\n'.join(lines[:10]))
    stale = [name for name,png in pictures() if not (images/name).exists() or (images/name).read_bytes()!=png]
    if stale: raise AssertionError(f'nbs/images is not what nbs/index.ipynb holds: {stale}')

def command(part):
    "The one shell command of the README that contains `part`"
    blocks = re.findall(r'^```sh\n(.+?)^```', readme.read_text(encoding='utf-8'), re.M|re.S)
    lines = [l for b in blocks for l in b.splitlines() if part in l]
    if len(lines)!=1: raise ValueError(f'the README has {len(lines)} commands with {part!r}, not one')
    return lines[0]

if __name__=='__main__': sys.exit(write())
