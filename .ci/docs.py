"""What can be checked of the pages without Quarto: references, citations, links, formulas, figures, contents.

`python .ci/docs.py` checks the notebooks; `python .ci/docs.py --self-test` checks that each rule finds its planted fault."""
import ast, importlib.util, json, re, sys, tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from py_mini_racer import MiniRacer
from pybtex.database import parse_file

import contents
from convpapers.lab.pages import (OURS, bare, comments, escaped_brackets, method_names, minutes, public_names,
    said_minutes)

KINDS = 'eq|fig|tbl|sec|lst|thm'
LABEL = re.compile(rf'\{{[^{{}}]*#((?:{KINDS})-[\w-]+)')
CITED = re.compile(r'(?<![\w@.\\/])@([A-Za-z][\w:-]*)')
MACHINE = re.compile(r'(?<![\w.:/-])/(?:home|root|tmp|work|Users|opt|usr|var|mnt|srv)/\w[^\s\'"]*|\b[A-Z]:\\\w+')
COLAB = """#| hide
import importlib.util, sys
if 'google.colab' in sys.modules and not importlib.util.find_spec('convpapers'): get_ipython().system("pip install -q 'convpapers[dev]'")"""
markdown = MarkdownIt('commonmark').enable('table').use(dollarmath_plugin, double_inline=True, allow_space=False, allow_digits=False)

def source(cell): return ''.join(cell['source'])

def spans(md):
    "`(kind, content)` of a Markdown text: text, math, display, link, image; code is left out"
    for block in markdown.parse(md.replace(r'\$', '＄')): # An escaped dollar sign opens no formula
        if block.type.startswith('math_block'): yield 'display', block.content
        text = ''
        for t in block.children or []:
            if t.type=='text': text += t.content
            elif t.type=='softbreak': text += '\n'
            elif t.type.startswith('math_inline'): yield 'display' if t.type=='math_inline_double' else 'math', t.content
            elif t.type=='link_open': yield 'link', t.attrs['href']
            elif t.type=='image': yield 'image', t.attrs['src']
            if t.type not in ('text','softbreak'): text += ' '
        if text: yield 'text', text

def slug(heading):
    "The id that Pandoc gives a heading"
    text = re.sub(r'\{[^}]*\}|`|\*|\[|\]\([^)]*\)', '', heading).lower()
    return re.sub(r'^[^a-z]+', '', re.sub(r'\s+', '-', re.sub(r'[^\w\s.-]', '', text).strip()))

@dataclass
class Page:
    "A notebook, or a `.qmd`, of the site"
    path: Path # Below the site's root
    cells: list
    @cached_property
    def code(self): return [c for c in self.cells if c['cell_type']=='code']
    @cached_property
    def shown(self): return [c for c in self.code if not re.search(r'^#\|\s*(hide|include: *false|output: *false)', source(c), re.M)]
    @cached_property
    def prose(self): return [source(c) for c in self.cells if c['cell_type']=='markdown']
    @cached_property
    def spans(self): return [s for md in self.prose+self.outputs('text/markdown', self.shown) for s in spans(md)]
    @cached_property
    def labels(self):
        "All labels, repeated ones too"
        text = [LABEL.findall(t) for k,t in self.spans if k=='text']
        return sum(text, []) + [o['label'] for o in map(options, self.code) if 'label' in o]
    @cached_property
    def refs(self):
        "Cross-references of the text, and of the code, whose comments name the formula that a line computes"
        text = self.of('text')+[source(c) for c in self.code if self.path.name!='95_pages.ipynb'] # whose examples are marks
        return [r for t in text for r in CITED.findall(t) if re.match(rf'(?:{KINDS})-', r)]
    @cached_property
    def anchors(self):
        heads = [slug(h) for md in self.prose for h in re.findall(r'^#{1,6}\s+(.+?)\s*$', md, re.M)]
        ids = [i for md in self.prose for i in re.findall(r'\{[^{}]*#([\w-]+)', md)]
        return {*self.labels, *heads, *ids, *exported(self.code)}
    def outputs(self, mime, cells=None):
        data = [o.get('data', {}).get(mime) for c in (self.code if cells is None else cells) for o in c.get('outputs', [])]
        return [''.join(d) for d in data if d]
    def of(self, *kinds): return [t for k,t in self.spans if k in kinds]

def options(cell):
    "Quarto's options of a code cell: `#| key: value` lines"
    return {k: v.strip().strip('"\'') for k,v in re.findall(r'^#\|\s*([\w-]+):[ \t]+(.+)$', source(cell), re.M)}

def exported(code):
    "Anchors that the docs processor gives the public names of exported cells"
    for c in code:
        if not re.match(r'#\|\s*exports?\s*$', source(c), re.M): continue
        try: names = public_names(source(c))+method_names(source(c))
        except SyntaxError: continue
        yield from (n.lower() for n in names)

def on_page(root, processed, paths=None):
    "Every exported cell stands on its processed page, whole, each public name with its anchor; nothing of the machinery does"
    faults,seen = [],0
    for path in paths or contents.pages(root):
        if path.suffix!='.ipynb': continue
        cells = [json.loads((folder/path).read_text(encoding='utf-8'))['cells'] for folder in (root, processed)]
        text = '\n'.join(unmarked(bare(source(c))) for c in cells[1] if c['cell_type']=='code')
        prose = '\n'.join(source(c) for c in cells[1] if c['cell_type']=='markdown')
        ids = set(re.findall(r'\{#([^}\s]+)', prose))
        if 'alt="Open in Colab"' not in prose or ' minute' not in prose: faults.append(f'{path}: no line of tools')
        read = [SimpleNamespace(cell_type=c['cell_type'], source=source(c)) for c in cells[1]]
        if (said := said_minutes(read)) and abs(said-minutes(read))>5: faults.append(f'{path}: says {said} minutes, and takes {minutes(read)}')
        for c in cells[0]:
            if c['cell_type']!='code' or not re.match(r'#\|\s*exports?\s*$', source(c), re.M): continue
            seen += 1
            body = bare(source(c))
            if unmarked(body) not in text: faults.append(f'{path}: the page lacks {body[:60]!r}')
            lost = [n for n in public_names(body) if n.lower() not in ids]
            if lost: faults.append(f"{path}: no anchor for {', '.join(lost)}")
        for c in cells[1]:
            s = source(c)
            if '__main__.' in s and '__main__.' not in json.dumps([source(o) for o in cells[0]]): faults.append(f'{path}: shows __main__')
            if c['cell_type']=='code' and any('@eq-' in t for _,_,t in comments(s)): faults.append(f'{path}: a comment shows the mark of an equation')
            if m := re.search(rf'(?m)^#\|\s*({OURS}|hide)\b.*', s): faults.append(f'{path}: shows the directive {m[0]}')
            if m := re.search(r'(?m)^#\|\s*fig-alt:.*%.*', s): faults.append(f'{path}: Quarto reads the percent sign as part of an address: {m[0]}')
            if c['cell_type']=='markdown' and (m := re.search(r'\[\[`[^`]+`\]\(', s)): faults.append(f'{path}: a link within a link: {s[m.start():][:60]!r}')
            for o in c.get('outputs', []):
                if 'text/html' in o.get('data', {}): faults.append(f'{path}: an HTML output, for which Quarto loads jQuery and require.js')
                md = ''.join(o.get('data', {}).get('text/markdown', ''))
                if escaped_brackets(md)!=md: faults.append(f'{path}: a note with angle brackets that a browser drops')
    return seen, faults

RECORDS = {'results','shipped','read_json'} # What reads them; whatever is made of that follows
MEASURES = re.compile(r'\bbench\(|perf_counter|process_time|\btime\.')

def from_records(cells):
    "The code cells that show something made of records, found by the names that they use"
    made = set(RECORDS)
    for c in cells:
        if c['cell_type']!='code': continue
        try: body = ast.parse(bare(source(c))).body
        except SyntaxError: continue
        for n in body:
            used = {m.id for m in ast.walk(n) if isinstance(m, ast.Name)}
            if not used&made or isinstance(n, (ast.Import, ast.ImportFrom)): continue
            made |= {m.id for m in ast.walk(n) if isinstance(m, ast.Name) and isinstance(m.ctx, ast.Store)}
            if isinstance(n, (ast.FunctionDef, ast.ClassDef)): made.add(n.name)
        flagged = re.search(r'(?m)^#\|\s*(slow|gpu|data)\b', source(c))
        if body and not flagged and not MEASURES.search(source(c)) and {m.id for m in ast.walk(body[-1]) if isinstance(m, ast.Name)}&made: yield c

def printed(cell):
    "The text that a cell shows: tables, numbers, sentences"
    out = [o.get('data', {}) for o in cell.get('outputs', [])]
    shown = [''.join(d.get('text/markdown') or d.get('text/plain', '')) for d in out if not any(k.startswith('image/') for k in d)]
    return [t.strip() for t in [*shown, *(''.join(o['text']) for o in cell.get('outputs', []) if 'text' in o)]]

def current(root, fresh, paths=None):
    "`(seen, faults)`: what pages keep of outputs made of records is what their cells print now, in the copy `fresh`"
    seen,faults = 0,[]
    for path in paths or contents.pages(root):
        if path.suffix!='.ipynb': continue
        old,new = (json.loads((folder/path).read_text(encoding='utf-8'))['cells'] for folder in (root, fresh))
        now = {c.get('id'): c for c in new}
        for c in from_records(old):
            if not c.get('outputs') or c.get('id') not in now: continue
            seen += 1
            for a,b in zip(printed(c), printed(now[c['id']])):
                if a!=b:
                    k = next((i for i,(x,y) in enumerate(zip(a, b)) if x!=y), 0)
                    faults.append(f'{path}: keeps {a[max(0, k-20):][:60]!r} where its cell now prints {b[max(0, k-20):][:60]!r}')
    return seen, faults+['nbdev-test --save keeps what is printed now']*bool(faults)

def current_self_test():
    "An output made of records that is not current is found; one that is not made of them is let be"
    def page(a, b):
        def cell(i, code, text): return dict(id=i, cell_type='code', source=code, outputs=[dict(output_type='execute_result', data={'text/plain': text})])
        return json.dumps({'cells': [cell('a', "t = results('x')\nt", a), cell('b', 'torch.rand(1)', b)]})
    with tempfile.TemporaryDirectory() as tmp:
        folders = [Path(tmp)/n for n in ('old','new')]
        for new,want in ((('1','7'), 0), (('2','7'), 1), (('1','8'), 0)):
            for f,text in zip(folders, (('1','7'), new)):
                f.mkdir(exist_ok=True)
                (f/'p.ipynb').write_text(page(*text), encoding='utf-8')
            seen,faults = current(*folders, [Path('p.ipynb')])
            if seen!=1 or bool(faults)!=bool(want): raise AssertionError(f'{new}: {seen} seen, {faults}')

def unmarked(code):
    "Code without the comments that name equations"
    lines = code.split('\n')
    for row,col,text in comments(code):
        if '@eq-' in text or 'Equation ' in text: lines[row-1] = lines[row-1][:col].rstrip()
    return '\n'.join(lines)

def on_page_self_test(root, processed):
    "Each fault that is planted in a processed page is found"
    def lesson(p): # with a public name, and minutes
        text = (processed/p).read_text(encoding='utf-8')
        return ' minutes. You need' in text and '### `' in text and '{#' in text
    path = next(p for p in contents.pages(root) if p.suffix=='.ipynb' and lesson(p))
    good = (processed/path).read_text(encoding='utf-8')
    nb = json.loads(good)
    mine = lambda: on_page(root, processed, [path])[1]
    head = next(c for c in nb['cells'] if c['cell_type']=='markdown' and re.match(r'### `.*\{#', source(c)))
    after = nb['cells'][nb['cells'].index(head)+1]
    tools = next(c for c in nb['cells'] if 'page-tools' in source(c))
    for cell,change in ((after, lambda s: s[:-30]), (after, lambda s: s+'\n# @eq-none'), (tools, lambda s: s+'\n'+'word '*9000),
            (head, lambda s: s.split(' {#')[0]), (after, lambda s: '#| export\n'+s),
            (after, lambda s: s+'\n__main__.x'), (tools, lambda s: ''), (after, lambda s: '#| fig-alt: "20 %"\n'+s),
            (head, lambda s: s+'\n\n[[`a`](b)](c)')):
        old = cell['source']
        cell['source'] = change(source(cell))
        (processed/path).write_text(json.dumps(nb), encoding='utf-8')
        cell['source'] = old
        found = mine()
        (processed/path).write_text(good, encoding='utf-8')
        if not any(str(path) in f for f in found): raise AssertionError(f'{path}: a planted fault was not found: {change(source(cell))[:60]!r}')
    for data in ({'text/html': '<b>'}, {'text/markdown': 'in train/<class>/'}):
        after['outputs'] = [dict(output_type='display_data', metadata={}, data=data)]
        (processed/path).write_text(json.dumps(nb), encoding='utf-8')
        found = mine()
        (processed/path).write_text(good, encoding='utf-8')
        if not any(str(path) in f for f in found): raise AssertionError(f'{path}: a planted output was not found: {data}')

@dataclass
class Site:
    root: Path
    @cached_property
    def pages(self):
        def page(p):
            text = p.read_text(encoding='utf-8')
            return json.loads(text)['cells'] if p.suffix=='.ipynb' else [dict(cell_type='markdown', source=text)]
        return {p: Page(p, page(self.root/p)) for p in contents.pages(self.root)}
    @cached_property
    def bib(self): return parse_file(str(self.root/'references.bib')).entries
    def each(self, items):
        "`(page, item)` for the `items(page)` of every page"
        return [(p, i) for p in self.pages.values() for i in items(p)]

def references(site):
    "Every cross-reference has its label on the same page"
    refs = site.each(lambda p: p.refs)
    return len(refs), [f'{p.path}: @{r} has no label on this page' for p,r in refs if r not in p.labels]

def labels(site):
    "Labels are unique in the project, and something refers to every numbered equation, figure and table"
    found = site.each(lambda p: sorted(set(p.labels)))
    pages = {}
    for p,l in found: pages.setdefault(l, []).append(str(p.path))
    linked = {l.partition('#')[2] for p in site.pages.values() for l in p.of('link')}
    return len(found), [f'{p.path}: the label {l} stands more than once' for p,l in found if p.labels.count(l)>1] + [
        f"the label {l} stands on {' and on '.join(ps)}" for l,ps in pages.items() if len(ps)>1] + [
        f'{p.path}: nothing refers to {l}' for p,l in found if l[:3] in ('eq-','fig','tbl') and l not in {*p.refs, *linked}]

def citations(site):
    "Every citation has its entry"
    keys = site.each(lambda p: [k for t in p.of('text') for k in CITED.findall(t) if not re.match(rf'(?:{KINDS})-', k)])
    return len(keys), [f'{p.path}: @{k} is not in references.bib' for p,k in keys if k not in list(site.bib)] # pybtex looks keys up in any case

def bibliography(site):
    "Every entry is cited, and says who, what, when and where"
    cited = {k for p in site.pages.values() for t in p.of('text') for k in CITED.findall(t)}
    def lacks(e): return [f for f in ('title','year') if f not in e.fields] + ['author']*(not e.persons) + \
        ['a doi, url or eprint']*(not {'doi','url','eprint'}&set(e.fields))
    return len(site.bib), [f'references.bib: {k} is cited nowhere' for k in site.bib if k not in cited] + [
        f"references.bib: {k} lacks {', '.join(lacks(e))}" for k,e in site.bib.items() if lacks(e)]

def links(site):
    "Every relative link, and its anchor, leads somewhere"
    faults,seen = [],site.each(lambda p: [l for l in p.of('link','image') if not re.match(r'[a-z]+:|data:|//', l)])
    for p,link in seen:
        path,_,anchor = unquote(link).partition('#')
        target = p.path if not path else Path(*[x for x in (p.path.parent/path).parts])
        full = (site.root/target).resolve()
        if not full.exists() or not full.is_relative_to(site.root.resolve()): faults.append(f'{p.path}: {link} leads nowhere')
        elif anchor and full.suffix in ('.ipynb','.qmd'):
            page = site.pages.get(full.relative_to(site.root.resolve()))
            if not page or anchor not in page.anchors: faults.append(f'{p.path}: {link} has no such anchor')
    return len(seen), faults

def formulas(site):
    "KaTeX, which renders the formulas on the site, parses each of them strictly"
    katex = Path(importlib.util.find_spec('sphinxcontrib.katex').origin).with_name('katex.min.js').read_text(encoding='utf-8')
    seen = site.each(lambda p: [(k, t) for k,t in p.spans if k in ('math','display')])
    with MiniRacer() as js:
        js.eval(katex)
        js.eval("""function fault(tex, display) {
            try { katex.renderToString(tex, {displayMode: display, throwOnError: true, strict: 'error'}); return '' }
            catch (e) { return e.message } }""")
        faults = [(p, t, js.call('fault', t+r' \tag{1}'*(k=='display'), k=='display')) for p,(k,t) in seen] # Quarto's number is a tag
    stray = site.each(lambda p: [t for t in p.of('text') if re.search(r'(?<!\\)\$\$|(?<![\\\w])\$(?!\d)\S', t)])
    return len(seen), [f'{p.path}: {t.strip()}\n  {e}' for p,t,e in faults if e] + [
        f'{p.path}: a dollar sign that opens no formula in: {t.strip()[:100]}' for p,t in stray]

def figures(site):
    "Every figure cell has a label, a caption and a text for those who cannot see it"
    def shows(c): return any(k.startswith('image/') for o in c.get('outputs', []) for k in o.get('data', {}))
    seen = site.each(lambda p: [c for c in p.shown if shows(c) or options(c).get('label', '').startswith('fig-')])
    lack = [(p, c, [k for k in ('label','fig-cap','fig-alt') if not options(c).get(k)]) for p,c in seen]
    return len(seen), [f"{p.path}: a figure without {', '.join(l)}: {source(c)[:80]!r}" for p,c,l in lack if l]

def reading_order(site):
    "The sidebar and llms.txt list every page once, in reading order"
    return len(site.pages), [f'{f} is not what the pages give; run: python .ci/contents.py' for f in contents.stale(site.root)]

def titles(site):
    "The first cell is title and subtitle alone: nbdev makes it the page's front matter, and drops what else it holds"
    pages = [p for p in site.pages.values() if p.path.suffix=='.ipynb']
    form = re.compile(r'# [^\n]+\n+> [^\n]+\n*(- [\w-]+: *[^\n]*\n*)*\Z')
    return len(pages), [f'{p.path}: the first cell is not just `# Title` and `> one line`' for p in pages if not p.prose or not form.match(p.prose[0])]

def unique_titles(site):
    "No two pages share a title: a tab, a bookmark and a search result show nothing else"
    seen = {}
    for p in site.pages: seen.setdefault(contents.heading(site.root/p)[0], []).append(p.as_posix())
    return len(seen), [f"{' and '.join(ps)} are all titled {t!r}" for t,ps in seen.items() if len(ps)>1]

def chapters(site):
    "Every chapter names itself and its part of the course, in the docstring of its package"
    folders = sorted({p.parts[0] for p in site.pages if len(p.parts)>1}-{'lab', contents.ABOVE})
    def fault(f):
        if not contents.package(site.root, f): return f'convpapers/{f}/__init__.py has no docstring; write its title, and a line `Part: …`'
        part = contents.part_of(site.root, f)
        return '' if part in contents.PARTS else f'convpapers/{f}/__init__.py: part {part!r} is none of {contents.PARTS}'
    return len(folders), [e for f in folders if (e := fault(f))]

def palette(scss):
    "The colours that a theme sets"
    return dict(re.findall(r'^\$([\w-]+):\s*(#[0-9a-f]{6})\s*;', scss, re.M))

def contrast(a, b):
    "Ratio of the relative luminances of two colours, as WCAG 2.1 defines it"
    def luminance(c):
        rgb = [int(c[i:i+2], 16)/255 for i in (1,3,5)]
        return sum(w*(v/12.92 if v<=.04045 else ((v+.055)/1.055)**2.4) for w,v in zip((.2126,.7152,.0722), rgb))
    low,high = sorted((luminance(a), luminance(b)))
    return (high+.05)/(low+.05)

ON = { # What is written on which ground
    'body-bg': ('body-color','text-muted','link-color','link-hover-color'), 'code-bg': ('code-color','body-color'),
    'code-block-bg': ('body-color','text-muted'), 'table-head-bg': ('body-color','link-color'), 'navbar-bg': ('navbar-fg','navbar-hl'),
    'mark-bg': ('body-color','link-color')}

def colours(site):
    "Text of every kind has a contrast of 4.5 with its ground, in both themes (WCAG 2.1 AA)"
    seen,faults = 0,[]
    for f in ('theme-light.scss','theme-dark.scss'):
        have = palette((site.root/f).read_text(encoding='utf-8'))
        for ground,texts in ON.items():
            for t in texts:
                seen += 1
                if lack := [c for c in (ground, t) if c not in have]: faults.append(f"{f} does not set {', '.join(lack)}")
                elif (r := contrast(have[t], have[ground]))<4.5: faults.append(f'{f}: {t} on {ground} has {r:.2f}:1, and needs 4.5:1')
    return seen, faults

def katex_version():
    js = Path(importlib.util.find_spec('sphinxcontrib.katex').origin).with_name('katex.min.js').read_text(encoding='utf-8')
    return re.search(r'version:"([\d.]+)"', js)[1]

def settings(site):
    "The site asks no third party for fonts, has KaTeX in the version that CI parses with, and its twins keep formulas and tables"
    conf = yaml.safe_load((site.root/'_quarto.yml').read_text(encoding='utf-8'))
    html,site_ = conf['format']['html'],conf['website']
    styles = [f for f in site.root.iterdir() if f.suffix in ('.css','.scss','.html')]
    text = {f.name: f.read_text(encoding='utf-8') for f in styles}
    math = html.get('html-math-method')
    themes = html['theme'].values()
    need = {
        f'KaTeX is not pinned to {katex_version()}': isinstance(math, dict) and f'@{katex_version()}/' in math.get('url', ''),
        'a theme lacks theme.scss, which keeps fonts from being fetched': all('theme.scss' in t for t in themes),
        'theme.scss does not set $web-font-path: false': '$web-font-path: false;' in text.get('theme.scss', ''),
        'canonical links are off': html.get('canonical-url') is True,
        'the twins lack formulas or pipe tables': {'tex_math_dollars','pipe_tables'}<=set(re.split(r'\+', conf['format']['commonmark']['variant'])),
        'no favicon': (site.root/site_.get('favicon', '-')).is_file(), 'no 404 page': (site.root/'404.qmd').is_file(),
        'the sidebar does not fold chapters': contents.sidebar(site.root).count('collapse-level: 1')==1}
    fetched = [f'{f} fetches {m}' for f,t in text.items() for m in re.findall(r'(?:@import|url\(|src=|href=")[^;)\n]*(?:https?:)?//[^;)\s]+', t)]
    for f in (f for f in text if f.endswith('.scss')): # Quarto orders the defaults of several files as it likes
        own = text[f].partition('scss:rules')[0]
        fetched += [f'{f}: a default names ${n}, which stands in another file' for n in re.findall(r'(?m)^\$[\w-]+:[^;]*\$([\w-]+)', own)
            if not re.search(rf'(?m)^\${n}:', own)]
    gone = [f'_quarto.yml names {f}, which is not there' for f in re.findall(r'[\w-]+\.(?:s?css|html)', str(html)) if not (site.root/f).is_file()]
    return len(need)+len(text), [w for w,ok in need.items() if not ok]+fetched+gone

WIDTH = 92 # Characters; a longer line wraps to column 0 on the page
def too_wide(page):
    "Code lines on the page that are longer than `WIDTH`"
    read = [source(c) for c in page.shown if options(c).get('echo')!='false' and source(c)!=COLAB]
    return [l for s in read for l in s.splitlines() if len(l)>WIDTH and not re.match(r'#?\|', l)]

def untitled(page):
    "How many tables of the page, typed or computed, have no caption"
    shown = [(c, ''.join(o.get('data', {}).get('text/markdown', ''))) for c in page.shown for o in c.get('outputs', [])]
    texts = [t for c,t in shown if not options(c).get('tbl-cap')]+page.prose
    heads = sum(len(re.findall(r'(?m)^\|[ :|-]*--[ :|-]*\|$', t)) for t in texts)
    return max(0, heads-sum(len(re.findall(r'(?m)^(?:: |Table: )', t)) for t in texts))

def line_width(site):
    "Code lines keep within the column"
    faults = [f'{p.path}: {len(w)} lines longer than {WIDTH}, the first: {w[0][:60]!r}…' for p in site.pages.values() if (w := too_wide(p))]
    return len(site.pages), faults

def tables(site):
    "Every table has a caption, typed or computed"
    faults = [f'{p.path}: {n} tables without a caption (`#| tbl-cap: "…"` in code, a line `: …` below a typed one)'
        for p in site.pages.values() if (n := untitled(p))]
    return len(site.pages), faults

def formed(site, page):
    "What a lesson lacks of its form: the first line, three things to do, what to remember, exercises with answers, the way on"
    head = re.sub(r'(?s)<!--.*?-->', '', '\n'.join(page.prose[1:2])).strip() # The cell below the title
    said = re.match(r'\*(\d+) minutes\. You need: ', head)
    if not said: yield 'the first line is not `*N minutes. You need: …*`'
    if (n := len(re.findall(r'(?m)^- ', head.partition('\n## ')[0])))!=3: yield f'opens with {n} bullets, not three'
    text = '\n\n'.join(page.prose)
    part = lambda h: m[1] if (m := re.search(rf'(?ms)^## {h}\s*$(.*?)(?=^## |\Z)', text)) else ''
    if (n := len(re.findall(r'(?m)^- ', part('Remember'))))!=3: yield f'{n} things to remember, not three'
    asked = re.findall(r'(?m)^\*\*(\d+)\*\*', part('Exercises'))
    if asked!=[str(i+1) for i in range(len(asked))] or not 3<=len(asked)<=5: yield f'exercises {asked}, not three to five in order'
    answers = {m[1]: c for c in page.code if (m := re.match(r'Answer (\d+)', options(c).get('code-summary', '')))}
    for n in asked:
        c = answers.get(n)
        if c is None or options(c).get('code-fold')!='true': yield f'no folded answer to exercise {n}'
        elif re.search(r'(?m)^#\|\s*(slow|gpu|data|eval)\b', source(c)) or not re.search(r'\btest_\w+\(|\bassert\b', source(c)):
            yield f'answer {n} is not executed, or checks nothing'
    way = re.search(r'(?s)\*\*Next:\*\*(.*)', page.prose[-1])
    links = re.findall(r'\[([^\]]+)\]\(([^)#]+\.(?:ipynb|qmd))\)', way[1]) if way else []
    if not links: yield 'the last cell has no `**Next:**` with a link'
    for words,link in links:
        target = Path(*(page.path.parent/link).parts)
        full = (site.root/target).resolve()
        if full.is_file() and (title := contents.heading(full)[0])!=words: yield f'the link {words!r} leads to {title!r}'
    index = site.pages.get(page.path.parent/'index.ipynb')
    row = re.search(rf'(?m)^\|.*\[([^\]]+)\]\({page.path.name}\).*\| *(\d+) *\|$', '\n\n'.join(index.prose)) if index else None
    if index and not row: yield 'its chapter does not list it, with minutes'
    if row and row[1]!=contents.heading(site.root/page.path)[0]: yield f'its chapter calls it {row[1]!r}'
    if row and said and row[2]!=said[1]: yield f'says {said[1]} minutes, its chapter {row[2]}'

NO_COURSE = 'lab','compare' # Folders that are no chapter about a paper
OPENING = {'a picture': r'@fig-', 'what one needs to know': r'You need to know', 'what is not settled': r'does not settle', 'a way to cite the paper': r'To cite'}

def lessons(site):
    "Lessons and the first pages of chapters have the form that readers can rely on"
    mine = [p for p in site.pages.values() if len(p.path.parts)>1 and p.path.parts[0] not in NO_COURSE and contents.LESSONS.match(p.path.name)]
    opens = lambda p: [f'lacks {k}' for k,form in OPENING.items() if not re.search(form, '\n\n'.join(p.prose))]
    faults = [f'{p.path}: {e}' for p in mine for e in (opens(p) if p.path.stem=='index' else formed(site, p))]
    return len(mine), faults

def colab(site):
    "The first code cell of every notebook makes it run in Colab"
    pages = [p for p in site.pages.values() if p.path.suffix=='.ipynb']
    return len(pages), [f'{p.path}: the first code cell is not the one for Colab' for p in pages if not p.code or source(p.code[0])!=COLAB]

def machine_paths(site):
    "No saved output shows a path of the machine that made it"
    def texts(c): return [''.join(t) for o in c.get('outputs', []) for t in
        [o.get('text', ''), *o.get('traceback', []), *(v for k,v in o.get('data', {}).items() if k.startswith('text/'))] if isinstance(t, (str,list))]
    seen = site.each(lambda p: [t for c in p.code for t in texts(c)])
    return len(seen), [f'{p.path}: an output shows {m}' for p,t in seen for m in MACHINE.findall(t)]

rules = [titles, unique_titles, chapters, references, labels, citations, bibliography, links, formulas, figures, reading_order, colours,
    settings, line_width, tables, lessons, colab, machine_paths]

def check(root):
    "`(rule, things examined, faults)` of every rule; a rule that found nothing to examine is at fault"
    site = Site(Path(root))
    for rule in rules:
        name = rule.__name__.replace('_', ' ')
        try: seen,faults = rule(site)
        except Exception as e: seen,faults = 0,[f'{type(e).__name__}: {e}']
        yield name, seen, faults or ([] if seen else ['nothing to examine'])

BIB = '@article{a2020, title={T}, author={A, B}, year={2020}, eprint={1}}\n'
TITLE = '# A page\n\n> In one line'
PROSE = r"""See @eq-mean and @fig-one, [@a2020], [the other](sub/10_b.ipynb#a-part), [the layer](sub/10_b.ipynb#layer), a `@patch` and `$x`, and 5 \$.

$$ \bar\delta = \frac{1}{k} $$ {#eq-mean}

Inline $k^2$.

| a |
|---|
| 1 |

: A typed table"""
LESSON = """*12 minutes. You need: nothing.* You can

- to do 1
- to do 2
- to do 3

## A part

## Remember

- to remember 1
- to remember 2
- to remember 3

## Exercises

**1** (a minute). One?

**2** (a minute). Two?

**3** (an hour). Three?"""
OPENS = """See @fig-sub. You need to know nothing. This does not settle much. To cite it, write so.

| lesson | after it you can | minutes |
|---|---|---|
| 1. [Lesson a](01_a.ipynb) | do it | 12 |

: The lessons"""
FIGURE = '#| label: fig-one\n#| fig-cap: "One"\n#| fig-alt: "A line"\nplot()'
FAULTS = { # Rule: what to replace, by what
    'titles': [('In one line', 'In one line\n\n- What you will know: much'), ('> In', 'In')],
    'references': [('plot()', 'plot() # @eq-meen'), ('See @eq-mean', 'See @eq-mean and @eq-meen'), ('@fig-one', '@fig-two and [to it](#fig-one)')],
    'labels': [('Inline', '$$ a $$ {#eq-mean}\n\nInline'), ('Inline', '$$ a $$ {#eq-unused}\n\nInline'),
        ('## A part', '## A part\n\n$$ a $$ {#eq-two}\n\nSee @eq-two.')],
    'citations': [('[@a2020]', '[@a2020; @b2020]'), ('[@a2020]', '[@a2020], @A2020')],
    'bibliography': [('@article', BIB.replace('a2020', 'b2020')+'@article'), ('eprint={1}', 'pages={1}'), ('author={A, B},', ''), ('@article', '@article{b, title={T}}\n@article')],
    'links': [('sub/10_b.ipynb#a-part', 'sub/10_c.ipynb'), ('#a-part', '#a-prt'), ('#layer', '#hidden'), ('Inline', '[up](../../x.ipynb)')],
    'formulas': [(r'\frac{1}{k}', r'\frac{1}'), (r'\bar\delta', r'\bar\delt'), ('$k^2$', '$k^2^2$'), ('$k^2$', r'$\left(k$'),
        (r'\bar\delta', r'\bar\delta \tag{2}'), ('$k^2$', '$k$ and $$ k^2'), ('$k^2$', '$k^2')],
    'figures': [('#| fig-alt: "A line"\n', ''), ('#| fig-cap: "One"\n', '')],
    'unique titles': [('# Sub: the chapter', '# A page')],
    'chapters': [('Part: How large', 'Part: how large'), ('A chapter', '')],
    'reading order': [('- sub/10_b.ipynb', '- sub/11_b.ipynb'), ('        - sub/10_b.ipynb\n', '')],
    'colours': [('#0a5aa8', '#18bc9c'), ('$code-bg: #f2f4f7;', '')],
    'settings': [('@'+katex_version(), '@latest'), ('$web-font-path: false;', ''), ('theme-light.scss, theme.scss', 'theme-light.scss'), ('+pipe_tables', ''),
        ('favicon: favicon.svg', 'favicon: icon.svg'), ('canonical-url: true', ''), ('/* styles */', '@import url(https://fonts.example.org/a);'),
        ('css: styles.css', 'css: style.css'),
        ('$web-font-path: false;', '$web-font-path: false;\n$toc-color: $link-color;')],
    'line width': [('class Layer: pass', 'class Layer: pass # '+'x'*92)],
    'tables': [(': A typed table', 'A typed table'), ('#| tbl-cap: "A computed table"', '#| echo: true')],
    'lessons': [('*12 minutes. You need', '*You need'), ('- to do 3', ''), ('- to remember 3', ''), ('**3** (an hour)', '**4** (an hour)'), ('"Answer 2"', '"Reply 2"'),
        ('#| code-fold: true\n#| code-summary: "Answer 1"', '#| code-summary: "Answer 1"'), ('test_eq(3, 3)', '3'), ('test_eq(3, 3)', '#| slow\ntest_eq(3, 3)'),
        ('**Next:** [Layer b]', '**Next:** [the layer]'), ('**Next:**', '**Then:**'), ('1. [Lesson a]', '1. [Lesson one]'), ('| 12 |', '| 15 |'),
        ('(01_a.ipynb) | do it', '(10_b.ipynb) | do it'), ('does not settle', 'leaves open'), ('You need to know', 'Know')],
    'colab': [("pip install -q 'convpapers[dev]'", 'pip install -q convpapers')],
    'machine paths': [('<Figure>', '<Figure /home/me/x>'), ('<Figure>', r'C:\Users')]}

QUARTO = f"""format:
  html: {{theme: {{light: [theme-light.scss, theme.scss], dark: [theme-dark.scss, theme.scss]}}, css: styles.css,
    canonical-url: true, html-math-method: {{method: katex, url: "https://cdn.example.org/katex@{katex_version()}/"}}}}
  commonmark: {{variant: +tex_math_dollars+pipe_tables}}
website: {{favicon: favicon.svg}}
"""
THEME = ''.join(f'${k}: #{"0a5aa8" if k=="link-color" else "f2f4f7" if k.endswith("-bg") else "000000"};\n'
    for k in dict.fromkeys(k for g,ts in ON.items() for k in (g, *ts)))
SITE_FILES = {'theme-light.scss': THEME, 'theme-dark.scss': THEME, 'theme.scss': '$web-font-path: false;', 'styles.css': '/* styles */',
    'favicon.svg': '<svg/>', '404.qmd': '---\ntitle: Nothing here\n---\n'}

def sample(root, name='', old=None, new=None):
    "A small correct site, with `old` replaced by `new` everywhere"
    def change(text): return text.replace(old, new) if old else text
    def code(s, *outputs): return dict(cell_type='code', source=change(s), outputs=list(outputs))
    pixels = dict(output_type='display_data', data={'image/png': '', 'text/plain': change('<Figure>')})
    rows = dict(output_type='display_data', data={'text/markdown': '| a |\n|--:|\n| 1 |'})
    layer = code('#| export\nclass Layer: pass')
    answers = [code(f'#| code-fold: true\n#| code-summary: "Answer {i}"\ntest_eq({i}, {i})') for i in (1,2,3)]
    way = dict(cell_type='markdown', source=change('**Next:** [Layer b](10_b.ipynb).'))
    package = root.parent/'convpapers'/'sub'
    for folder in (root/'sub', package): folder.mkdir(parents=True)
    doc = change('A chapter\n\nPart: How large may it be?')
    (package/'__init__.py').write_text(f'"""{doc}"""' if doc[0]!='\n' else '')
    made = [('index', TITLE, PROSE, [code(FIGURE, pixels), code('#| tbl-cap: "A computed table"\nshow()', rows)]),
        ('sub/index', TITLE.replace('A page', 'Sub: the chapter'), OPENS, [code(FIGURE.replace('fig-one', 'fig-sub'), pixels)]),
        ('sub/10_b', TITLE.replace('A page', 'Layer b'), '## A part', [layer]), ('sub/01_a', TITLE.replace('A page', 'Lesson a'), LESSON, [layer, *answers, way])]
    for stem,title,prose,cells in made:
        nb = [dict(cell_type='markdown', source=change(title)), code(COLAB), dict(cell_type='markdown', source=change(prose)), *cells]
        (root/f'{stem}.ipynb').write_text(json.dumps({'cells': nb}), encoding='utf-8')
    (root/'references.bib').write_text(change(BIB))
    (root/'nbdev.yml').write_text('website: {title: T, description: D, site-url: "https://x.org"}')
    (root/'_quarto.yml').write_text(change(QUARTO))
    for f,text in SITE_FILES.items(): (root/f).write_text(change(text))
    contents.write(root)
    if name not in ('titles','unique titles','chapters'):
        for f in contents.FILES: (root/f).write_text(change((root/f).read_text()))

def self_test():
    "The correct site passes every rule; each planted fault is found by its own rule and by no other"
    for name,old,new in [('', None, None)]+[(r, *f) for r,fs in FAULTS.items() for f in fs]:
        with tempfile.TemporaryDirectory() as tmp:
            root = Path(tmp)/'nbs'
            sample(root, name, old, new)
            found = {rule: faults for rule,_,faults in check(root) if faults}
            if set(found)!=({name}-{''}): raise AssertionError(f'{old!r} -> {new!r}: expected {name or "no fault"}, found {found}')
    if set(FAULTS)!={r.__name__.replace('_', ' ') for r in rules}: raise AssertionError('a rule without a planted fault')

def main():
    if '--self-test' in sys.argv:
        self_test()
        current_self_test()
        return print(f'each of {len(rules)} rules finds its planted faults ({sum(map(len, FAULTS.values()))})')
    if '--widths' in sys.argv:
        site = Site(Path(__file__).resolve().parents[1]/'nbs')
        for p in site.pages.values():
            if (n := len(too_wide(p)))+(t := untitled(p)): print(f'{n:4} long lines, {t:2} tables without a caption: {p.path}')
        return
    bad = 0
    for rule,seen,faults in check(Path(__file__).resolve().parents[1]/'nbs'):
        print(f"{'FAIL' if faults else 'ok':4} {rule} ({seen})", *faults, sep='\n     ')
        bad += bool(faults)
    return bad

if __name__=='__main__': sys.exit(main())
