"""Writes what is made from the pages: `nbs/sidebar.yml`, `nbs/llms.txt`, `nbs/course.qmd`, `nbs/api.qmd`,
`nbs/which_convolution.qmd`, `convpapers/data/papers.json` (from `nbs/references.bib`), and a card on `nbs/index.ipynb` for a chapter
that has none.

Run `python .ci/contents.py`. A chapter says its title and its part in one place, the docstring of its package
(`convpapers/<chapter>/__init__.py`): a title, and a line `Part: …` with one of `PARTS`, and a number if
the chapter has a place within its part. Two lines more are for readers: `Layer: expression | what it replaces`, with `C` channels,
is its row in the table of the landing page, and each `Use: layer | you have | you gain | it asks` a row in the guide to the layers.
Its folder needs no other entry anywhere. The lab comes after the chapters, then the loose pages; files go by their numbers."""
import ast, hashlib, json, re
from itertools import groupby
from pathlib import Path

import yaml
from nbdev.config import nbpath2html
from pybtex.database import parse_file

# The questions that the course asks, in its order
PARTS = ['Where does a kernel look?', 'How large may it be?', 'What is it made of?', 'Does it look at the input?',
    'How does a map shrink?']
ABOVE = 'compare' # Stands above the chapters: right below the landing page
LESSONS = re.compile(r'(index|0\d_)') # Numbers below 10; the rest is under the hood
GENERATED = 'course.qmd', 'api.qmd', 'which_convolution.qmd'
NOT_PAGES = '404.qmd',

# The facts -------------------------------------------------------------------------------------------------

def pages(root):
    "Pages of the site below `root`, in reading order"
    found = [p.relative_to(root) for p in Path(root).rglob('*') if p.suffix in ('.ipynb','.qmd')]
    found = [p for p in found if not any(part[0] in '._' for part in p.parts) and p.name not in NOT_PAGES]
    def order(p):
        folder = p.parts[0] if len(p.parts)>1 else ''
        place = 0 if str(p)=='index.ipynb' else 3 if not folder else 2 if folder=='lab' else .5 if folder==ABOVE else 1
        place += (p.suffix=='.qmd')*.5*(place==3)
        return place, part_number(root, folder) if place==1 else (0, 0), folder, p.name!='index.ipynb', p.as_posix()
    return sorted(found, key=order)

def package(root, folder):
    "Docstring of a chapter's package"
    f = Path(root).parent/'convpapers'/folder/'__init__.py'
    return (ast.get_docstring(ast.parse(f.read_text(encoding='utf-8'))) if f.is_file() else '') or ''

def title_of(root, folder):
    "A folder's title; one that names none is titled by its own name"
    doc = package(root, folder).strip()
    return doc.splitlines()[0].rstrip('.') if doc else folder.replace('_', ' ').capitalize()

def part_of(root, folder):
    "The part of the course that a chapter names, or nothing"
    m = re.search(r'^Part: *(.+?)\s*\d*$', package(root, folder), re.M)
    return m[1] if m else ''

def part_number(root, folder):
    "Place in the course: that of the part, then the number that may follow the part's name"
    part = part_of(root, folder)
    m = re.search(r'^Part:.*?(\d+)$', package(root, folder), re.M)
    return PARTS.index(part) if part in PARTS else len(PARTS), int(m[1]) if m else 99

def said(root, folder, what):
    "The lines of a chapter's docstring that begin with `what:`, each as a list of its fields"
    return [[v.strip() for v in l.split('|')] for l in re.findall(rf'^{what}: *(.+)$', package(root, folder), re.M)]

def sections(root):
    "`(part, title, pages)`: part and title empty for loose pages, part empty for the lab and what stands above the chapters"
    for folder,ps in groupby(pages(root), lambda p: p.parts[0] if len(p.parts)>1 else ''):
        part = '' if folder in ('','lab',ABOVE) else part_of(root, folder) or 'More chapters'
        yield part, title_of(root, folder) if folder else '', list(ps)

def halves(ps):
    "A chapter's pages as `(heading, pages)`: lessons, and what is under the hood"
    ps = [p for p in ps if p.stem!='index']
    lessons = [p for p in ps if LESSONS.match(p.name)]
    return [(h, qs) for h,qs in (('Lessons', lessons), ('Under the hood', [p for p in ps if p not in lessons])) if qs]

def heading(path):
    "Title and subtitle of a page"
    text = path.read_text(encoding='utf-8')
    if path.suffix=='.ipynb': text = ''.join(json.loads(text)['cells'][0]['source'])
    elif m := re.match(r'---\n(.*?)\n---', text, re.S):
        front = yaml.safe_load(m[1])
        return [front.get('title', ''), front.get('description', '')]
    return [m[1] if (m := re.search(rf'^{mark} +(.+?)\s*$', text, re.M)) else '' for mark in '#>']

# The tables of contents ------------------------------------------------------------------------------------

def sidebar(root):
    "Parts as words, chapters below them folded (`collapse-level`), in each its lessons before the rest"
    contents,last = [],''
    for part,title,ps in sections(root):
        names = [p.as_posix() for p in ps]
        if part and part!=last: contents.append({'text': part})
        folder = ps[0].parts[0]
        if folder=='lab': contents.append({'text': 'For all chapters'})
        last = part
        if not title: contents += names; continue
        opening = [n for n in names if n.endswith('/index.ipynb')]
        # The breadcrumb of a page leads to the `href` of its chapter: the index, or else the first page
        inside = [{'section': h, 'contents': [p.as_posix() for p in qs]} for h,qs in halves(ps)] if part or folder==ABOVE else names
        contents.append({'section': title, 'href': (opening or names)[0], 'contents': inside})
    site = {'style': 'floating', 'collapse-level': 1, 'contents': contents}
    return yaml.safe_dump({'website': {'sidebar': site}}, sort_keys=False, allow_unicode=True, width=100)

def llms(root):
    "The same for a reader that is a program, with a link to the Markdown twin of each page"
    site = yaml.safe_load((root/'nbdev.yml').read_text(encoding='utf-8'))['website']
    out = [f"# {site['title']}\n\n> {site['description']}"]
    for part,title,ps in sections(root):
        links = [(*heading(root/p), f"{site['site-url']}/{nbpath2html(p).as_posix()}.md") for p in ps]
        out += [f"## {' '.join(filter(None, (part, title)))}"]*bool(title)
        if not title and ps[0].name!='index.ipynb': out.append('## All of it')
        out.append('\n'.join(f'- [{t}]({url}): {sub}' for t,sub,url in links))
    return '\n\n'.join(out)+'\n'

def front(title, description): return f'---\ntitle: "{title}"\ndescription: "{description}"\n---\n\n'

NOTE = '<!-- Made by .ci/contents.py from the notebooks; do not edit. -->\n\n'

def course(root):
    "Every lesson of every chapter, below the question of its part"
    out = [front('The course', 'Five questions about a convolution, and the papers that answer them')+NOTE+
        'Each chapter takes one paper apart. Its lessons explain the idea and derive it; what is under the hood is '
        'for those who use the code or change it.']
    if (root/ABOVE/'index.ipynb').is_file():
        out.append(f'Which of the layers suits you: [{title_of(root, ABOVE)}]({ABOVE}/index.ipynb) has them all in one table.')
    chapters = [(p, t, ps) for p,t,ps in sections(root) if p]
    for part in PARTS+sorted({p for p,*_ in chapters}-set(PARTS)):
        out.append(f'## {part}')
        mine = [(t, ps) for p,t,ps in chapters if p==part]
        if not mine: out.append('No chapter yet.')
        for title,ps in mine:
            opening = next((p for p in ps if p.stem=='index'), ps[0])
            out.append(f'### [{title}]({opening.as_posix()})')
            for half,qs in halves(ps):
                rows = [f'- [{heading(root/p)[0]}]({p.as_posix()}): {heading(root/p)[1]}' for p in qs]
                if half!='Lessons': rows = ['Under the hood: '+', '.join(f'[{heading(root/p)[0]}]({p.as_posix()})' for p in qs)+'.']
                out.append('\n'.join(rows))
    return '\n\n'.join(out)+'\n'

def guide(root):
    "Layers by what a reader has; a chapter that does not say so is named at the end"
    where = {n: p for p,_,names in modules(root) for n in names}
    out = [front('Which convolution', 'What each layer replaces, what you gain, and what it asks in return')+NOTE+
        'Start from what you have, not from a paper.']
    if (root/ABOVE/'index.ipynb').is_file():
        out.append(f'[{title_of(root, ABOVE)}]({ABOVE}/index.ipynb) has all of them in one network, with prices, and the command that '
            'asks the same of your own pictures.')
    rows,silent = [],[]
    for part,title,ps in sections(root):
        if not part: continue
        uses = said(root, ps[0].parts[0], 'Use')
        for name,have,gain,asks in uses:
            link = f'[`{name}`]({where[name].as_posix()}#{name.lower()})' if name in where else f'`{name}`'
            rows.append(f'| {have} | {link} | {gain} | {asks} |')
        if not uses: silent.append(f'[{title}]({ps[0].as_posix()})')
    if rows: out.append('\n'.join(['| You have | Try | You gain | It asks |', '|:--|:--|:--|:--|', *rows, '',
        ': Layers, by what they replace {tbl-colwidths="[25,22,25,28]"}']))
    if silent: out.append('More chapters: '+', '.join(silent)+'.')
    out.append('Each layer has the arguments of the layer that it replaces. How it was measured, and what was not confirmed, stands in its '
        'chapter; [the course](course.qmd) lists them. [The landing page](index.ipynb) has parameters, multiply-adds, times and errors side by side.')
    if (root/'lab/06_layers.ipynb').is_file(): out.append('Before you prune or quantise a network, fold: `fold()` or `to_conv()` give the plain convolution that these tools of PyTorch '
        'look for ([checked](lab/06_layers.ipynb)).')
    return '\n\n'.join(out)+'\n'

# Cards on the landing page ----------------------------------------------------------------------------------

def cell(kind, text, **more):
    more = more or (dict(execution_count=None, outputs=[]) if kind=='code' else {})
    return dict(cell_type=kind, id=hashlib.sha256(text.encode()).hexdigest()[:8], metadata={}, source=text.splitlines(keepends=True))|more

def picture_of(root, folder):
    "Caption and alternative text of the picture that opens a chapter, or nothing"
    f = root/folder/'index.ipynb'
    for c in json.loads(f.read_text(encoding='utf-8'))['cells'] if f.is_file() else ():
        opts = dict(re.findall(r'^#\| (label|fig-cap|fig-alt): (.+)$', ''.join(c['source']), re.M))
        if c['cell_type']=='code' and opts.get('label', '').startswith('fig-'): return opts

def card(root, part, title, folder):
    "The cells of a chapter's card: question, picture, and what was found"
    f = root/folder/'index.ipynb'
    text = ''.join(t for c in (json.loads(f.read_text(encoding='utf-8'))['cells'] if f.is_file() else ()) if c['cell_type']=='markdown'
        for t in c['source'])
    cited = re.search(r'@([a-z]+\d{4}[a-z]+)', text)
    question = f'**{part}** *{heading(f)[1]}*' if f.is_file() else f'**{part}**'
    out = [cell('markdown', f'::: {{.g-col-12 .g-col-md-6}}\n\n### {title}\n\n{question}'+(f' [@{cited[1]}]' if cited else ''))]
    if opts := picture_of(root, folder):
        out.append(cell('code', f"#| label: card-{folder.replace('_', '-')}\n#| echo: false\n#| fig-cap: {opts['fig-cap']}\n"
            f"#| fig-alt: {opts['fig-alt']}\npicture('{folder}')"))
    return out+[cell('code', f"#| echo: false\ncard('{folder}')"), cell('markdown', ':::')]

def with_cards(root):
    "The landing page with a card for each chapter, or None where nothing is missing"
    f = root/'index.ipynb'
    if not f.is_file() or ':::: {.grid}' not in f.read_text(encoding='utf-8'): return None
    nb = json.loads(f.read_text(encoding='utf-8'))
    cells,changed = nb['cells'],False
    def at(text): return next((i for i,c in enumerate(cells) if text in ''.join(c['source'])), None)
    last = at(':::: {.grid}')
    for part,title,ps in sections(root):
        folder = ps[0].parts[0]
        if not part: continue
        if at(f"card('{folder}')") is None: cells[last+1:last+1],changed = card(root, part, title, folder),True
        last = at(f"card('{folder}')")+1     # what closes it
    return json.dumps(nb, ensure_ascii=False, indent=1, sort_keys=True)+'\n' if changed else None

# The index of names ----------------------------------------------------------------------------------------

def symbols(root):
    "`{module: [name]}` of functions and classes, as nbdev's index of the package has them"
    f = Path(root).parent/'convpapers'/'_modidx.py'
    if not f.is_file(): return {}
    index = ast.literal_eval(ast.parse(f.read_text(encoding='utf-8')).body[-1].value)
    return {m: [n.removeprefix(m+'.') for n in names] for m,names in index['syms'].items()}

def what(node):
    "The first sentence of a docstring, on one line; the parameters of a function that has none"
    doc = ast.get_docstring(node) or ''
    if not doc and not isinstance(node, ast.ClassDef): return f"`{node.name}({', '.join(a.arg for a in node.args.args)})`"
    doc = doc.strip().split('\n\n')[0].replace('\n', ' ')
    doc = re.sub(r'\[([^\]]*)\]\((?!https?:)[^)]*\)', r'\1', doc) # Links and references of its own page lead nowhere here
    doc = re.sub(r'\s*\((?:by |see )?@\w+-[\w-]+\)|,? *(?:by |see |as in )?@\w+-[\w-]+', '', doc)
    return re.split(r'(?<=[.!?])\s+(?=[A-Z])', doc)[0].rstrip('.').replace('|', r'\|')

def modules(root):
    "`(page, module, {name: (line, is it a layer)})` of every module, in reading order"
    known = symbols(root)
    for p in pages(root):
        dotted = '.'.join(['convpapers', *nbpath2html(p).with_suffix('').parts])
        f = Path(root).parent/Path(*dotted.split('.')).with_suffix('.py')
        if dotted not in known or not f.is_file(): continue
        body = ast.parse(f.read_text(encoding='utf-8')).body
        defs = {n.name: n for n in body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
        names = [n for n in known[dotted] if '.' not in n and n[0]!='_' and n in defs]
        yield p, dotted, {n: what(defs[n]) for n in names}

def layers(root):
    "Names that `import convpapers` gives at once: the layers"
    f = Path(root).parent/'convpapers'/'__init__.py'
    body = ast.parse(f.read_text(encoding='utf-8')).body if f.is_file() else []
    return [(f'convpapers.{n.module}', a.name) for n in body if isinstance(n, ast.ImportFrom) and n.level for a in n.names]

def api(root):
    "Name, one line, link: layers first, then chapter by chapter"
    found = {m: (p, names) for p,m,names in modules(root)}
    def row(page, name, said): return f"| [`{name}`]({page.as_posix()}#{name.lower()}) | {said} |"
    def table(rows, caption): return '\n'.join(['| name | what it is |', '|:--|:--|', *rows, '', f': {caption} {{tbl-colwidths="[30,70]"}}'])
    out = [front('API', 'Every public function and class: what it is, and where its code stands')+NOTE+
        'Methods and constants stand on the page of their module; the search finds them.']
    top = [row(found[m][0], n, found[m][1][n]) for m,n in layers(root) if n in found.get(m, (0, {}))[1]]
    if top: out += ['## Layers', 'Import them from `convpapers`.', table(top, 'What `import convpapers` gives')]
    for part,title,ps in sections(root):
        mine = [(p, m, names) for p,m,names in ((p, *next(((m, n) for m,(q,n) in found.items() if q==p), ('', {}))) for p in ps) if names]
        if not mine: continue
        out.append(f"## {title or 'Networks, and the command line'}")
        if part: out.append(f'*{part}*')
        for p,m,names in mine:
            out += [f'### `{m}`', table([row(p, n, said) for n,said in names.items()], f'[{heading(root/p)[0]}]({p.as_posix()})')]
    return '\n\n'.join(out)+'\n'

def papers(root):
    "The papers of `references.bib` for the package, which does not carry the file: titles, authors, years, addresses"
    def plain(s): return re.sub(r'[{}]', '', s)
    found = {}
    for key,e in parse_file(str(root/'references.bib')).entries.items():
        url = e.fields.get('url') or ('https://doi.org/'+e.fields['doi'] if 'doi' in e.fields else '')
        arxiv = e.fields.get('eprint') or next(iter(re.findall(r'arxiv\.org/abs/([\d.]+\d)', url)), '')
        found[key] = dict(title=plain(e.fields['title']), year=int(e.fields['year']), url=url, arxiv=arxiv,
            authors=[plain(' '.join(p.prelast_names+p.last_names)) for p in e.persons['author']])
    return json.dumps(found, indent=0, ensure_ascii=False)+'\n'

def of_package(root): return Path(root).parent/'convpapers'/'data'/'papers.json'

FILES = {'course.qmd': course, 'api.qmd': api, 'which_convolution.qmd': guide, 'sidebar.yml': sidebar, 'llms.txt': llms}

def write(root):
    "Pages first: the tables of contents list them"
    for f,make in FILES.items():
        if not (root/f).exists(): (root/f).write_text(front(f, ''), encoding='utf-8')
        (root/f).write_text(make(root), encoding='utf-8')
    if (data := of_package(root)).parent.is_dir(): data.write_text(papers(root), encoding='utf-8')
    if page := with_cards(root): (root/'index.ipynb').write_text(page, encoding='utf-8')

def stale(root):
    old = [f for f,make in FILES.items() if not (root/f).exists() or (root/f).read_text(encoding='utf-8')!=make(root)]
    data = of_package(root)
    if data.parent.is_dir() and (not data.is_file() or data.read_text(encoding='utf-8')!=papers(root)): old.append('../convpapers/data/papers.json')
    return old+['index.ipynb']*(with_cards(root) is not None)

if __name__=='__main__': write(Path(__file__).resolve().parents[1]/'nbs')
