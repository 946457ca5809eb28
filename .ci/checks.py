"Counts the checks that `.ci/run` makes in its fresh environment; the last line is `N passed, N failed`"
import os, re, shutil, subprocess, sys, time, traceback
from pathlib import Path

import yaml
from nbdev.config import get_config
from nbdev.test import nb_test_cells

import browser, contents, docs, readme

root = Path(__file__).resolve().parents[1]
nbs = root/'nbs'
results = []
TORCH = '2.14.1' # The version that pip is held to
LOWEST = r'nbs/lab/(0|2[0-5]|30|40)|90_cli|/1[02]_(layers|symmetric)' # Notebooks for the lowest versions: layers, conformance, training, the main job

# Pages of files, processes and statistics, or of long trainings, which no version of torch changes: they run with pip's, not once more with the newest
ONCE = r'lab/(08_folders|23_resume|24_kills|39_judgement|45_engine|67_prebuild|99_add_a_paper)|compare/22_own_runs|heterogeneous/11_pruning|even_kernels/55_gan_training'

def record(name, error='', seconds=0.):
    "Count one check; an empty `error` passes it"
    results.append(not error)
    print(f"{'FAIL' if error else 'ok':4} {name}" + (f' ({seconds:.0f} s)' if seconds>=1 else ''), flush=True)
    if error: print('     '+str(error).strip().replace('\n', '\n     '), flush=True)

def check(name):
    "Run the decorated function now, and count it: it fails by raising"
    def run(f):
        start,error = time.time(),''
        try: f()
        except Exception as e: error = str(e) or repr(e)
        record(name, error, time.time()-start)
    return run

def sh(cmd, env=None, **kwargs):
    "Output of a shell command; a non-zero exit raises with the end of what it printed"
    r = subprocess.run(['bash', '-c', cmd], cwd=kwargs.pop('cwd', root), env={**os.environ, **(env or {})}, text=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs)
    if r.returncode: raise RuntimeError(f'{cmd!r} ended with {r.returncode}\n{r.stdout[-4000:]}')
    return r.stdout

def same_after(cmd):
    "Run `cmd`; no tracked or new file may differ from before"
    state = 'git status --porcelain && git diff'
    before = sh(state)
    sh(cmd)
    if sh(state)!=before: raise RuntimeError(f'{cmd} changes files; run it and commit:\n{sh("git status --short && git diff --stat")}')

def run_notebooks(name, cmd, paths=None, env=None, where=root):
    "Run the README's test command, literally or as `cmd` has it, in `where`; count every notebook under `name`"
    start = time.time()
    r = subprocess.Popen(['bash', '-c', cmd], cwd=where, text=True, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
    log,begun,done = '',{},{}
    for line in r.stdout:
        log += line
        for what,path in re.findall(r'(Starting|- Completed) (/.+?\.ipynb)', line):
            (begun if what=='Starting' else done)[Path(path).resolve()] = time.time()
    failed = {l.strip() for l in log.partition('Failed On The Following Notebooks:')[2].splitlines()[2:]}
    there = lambda p: (where/p.relative_to(root)).resolve()
    def fault(p):
        if there(p) not in done: return 'did not end' if there(p) in begun else 'did not run'
        if p.name in failed: return 'failed; its traceback stands below'
        return '' if nb_test_cells(p, get_config(nbs).tst_flags) else 'has no cell that runs'
    pages = [p for p in notebooks() if paths is None or re.search(paths, p.relative_to(root).as_posix())]
    for p in pages:
        record(f'{name}: {p.relative_to(root)}', fault(p), done[there(p)]-begun.get(there(p), 0) if there(p) in done else 0)
    cells = re.findall(r'^nbdev-test: (\d+) cells$', log, re.M)
    problem = '' if r.wait()==0 and cells and pages else f'ended with {r.returncode}\n{log[-20000:]}'
    record(f"{name}: {cmd}: {' '.join(cells) or 'no'} cells", problem, time.time()-start)

def notebooks(): return [nbs/p for p in contents.pages(nbs) if p.suffix=='.ipynb']

def inside(env, name, **more):
    "Variables that a shell has in an environment"
    return dict(PATH=f"{env}/{name}/bin:{os.environ['PATH']}", VIRTUAL_ENV=f'{env}/{name}', **more)

def make(env, name, *packages): # With the pip that the environment begins with
    pip = f"{env}/{name}/bin/python -m pip install -q {' '.join(packages)}"
    return f"{os.environ['CONVPAPERS_PYTHON']} -m venv {env}/{name}" + f' && {pip}'*bool(packages)

def versions(where):
    code = 'import torch, fastai, fastcore; print(torch.__version__, fastai.__version__, fastcore.__version__)'
    return sh(f'python -c "{code}"', where).strip()

def pinned(env):
    "Two environments with the torch that users of pip have had longest, made in the background; and how to be in them"
    (Path(env)/'constraints.txt').write_text(f'torch=={TORCH}\n')
    cmd = '\n'.join(make(env, n, f'torch=={TORCH}') for n in ('pip','train'))
    making = subprocess.Popen(['bash', '-ec', cmd], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return making, [inside(env, n, PIP_CONSTRAINT=f'{env}/constraints.txt', PIP_QUIET='1', OMP_NUM_THREADS=t) for n,t in (('pip','1'), ('train','2'))]

def main_job(env, where):
    "The README's first command, in an environment and a folder of its own"
    @check(f"{readme.command('convpapers reproduce')}")
    def _():
        copy = Path(env)/'copy'         # it writes into the folder where it is typed
        sh(f'git clone -q {root} {copy}')
        got = sh(readme.command('convpapers reproduce'), where, cwd=copy)
        verdicts = re.findall(r'\b(holds|contradicted|undecided|not measured)\b', got) # Which of them it is may depend on the machine
        if not list(copy.glob('runs/report.html')) or '±' not in got or not verdicts or 'not measured' in verdicts:
            raise RuntimeError(f'no report, or a claim without measurement:\n{got[-3000:]}')

def fresh_install(env):
    "Build sdist and wheel; install the wheel in an environment of its own, without extras"
    dist,venv = Path(env)/'dist', Path(env)/'wheel'
    dirty = sh('git status --porcelain')
    py = f'{venv}/bin/python'
    @check('sdist and wheel build')
    def _():
        sh(f'uv build -q -o {dist}')
        if {p.suffix for p in dist.glob('convpapers-*')}!={'.gz','.whl'}: raise RuntimeError(f'built {list(dist.iterdir())}')
    @check('the wheel installs and imports with torch and fastcore alone')
    def _():
        sh(f'uv venv -q --python {sys.executable} {venv} && uv pip install -q --python {py} {dist}/*.whl')
        sh(f'{py} -c "import convpapers; convpapers.Conv2dSP(8, 8, 2)"', cwd=env)
    @check('`convpapers list` works there')
    def _():
        if not sh(f'{venv}/bin/convpapers list', cwd=env).strip(): raise RuntimeError('printed nothing')
    @check('`convpapers report` shows the shipped measurements there')
    def _():
        got = sh(f'{venv}/bin/convpapers report --out {env}/report', cwd=env)
        if '±' not in got or not (Path(env)/'report/report.html').is_file(): raise RuntimeError(f'no measurement or page:\n{got}')
    @check('`import convpapers` pulls in no optional package, and no compiler')
    def _():
        heavy = 'fastai timm matplotlib pandas sklearn torchvision onnx tensorboard sympy triton torch._dynamo'.split()
        code = f'import convpapers, sys; print(*[m for m in {heavy} if m in sys.modules])'
        got = sh(f'{sys.executable} -c "{code}"', cwd=env).split()
        if got: raise RuntimeError(f'imported {got}')
    @check('ready-made kernels in a wheel run where there is no compiler')
    def _():
        tree = Path(env)/'tree'
        tree.mkdir()
        sh(f'git ls-files -z --cached --others --exclude-standard | xargs -0 cp -d --parents -t {tree}')
        sh(f'python -m convpapers.lab.prebuild --kernel fully_separable --out {tree}/convpapers/_native')
        sh(f'uv build -q --wheel -o {dist}/native {tree} && uv pip install -q --python {py} --no-deps --reinstall-package convpapers {dist}/native/*.whl')
        sh(f'env -i PATH=/nowhere HOME={env} {py} {root}/.ci/without_compiler.py', cwd=env)
        if '-none-any' in next((dist/'native').iterdir()).name: raise RuntimeError('the wheel says that it runs on every machine')
    @check('the sdist installs')
    def _():
        sh(f'uv pip install -q --python {py} --no-deps --reinstall-package convpapers {dist}/*.tar.gz')
        sh(f'{py} -c "import convpapers.lab.records as r; assert r.shipped(), \'no records\'"', cwd=env)
    @check('building leaves the checkout clean')
    def _():
        if sh('git status --porcelain')!=dirty: raise RuntimeError(sh('git status --porcelain'))

def in_browser(env):
    "Widgets and report in Chromium, which is installed where it is missing"
    check('faults planted in a page are seen in a browser')(lambda: browser.self_test(install=True))
    @check('no error in the console of a browser: widgets, report')
    def _():
        seen,faults = browser.check(Path(env)/'report/report.html')
        if faults or not seen: raise RuntimeError('\n'.join(faults) or 'nothing was opened')

TAGGED = {'quarto-dev/quarto-actions/setup@v2'} # Of the docs workflow, which publishes no package

def workflows():
    "Every workflow can be read, waits only for jobs that it has, and names its actions by commit"
    found = sorted((root/'.github/workflows').glob('*.y*ml'))
    faults = [] if found else ['there are no workflows']
    for f in found:
        jobs = yaml.safe_load(f.read_text(encoding='utf-8'))['jobs']
        faults += [f'{f.name}: {n} waits for {w}, which is no job' for n,j in jobs.items() for w in j.get('needs', []) if w not in jobs]
        faults += [f'{f.name}: {u} is not pinned by a commit' for j in jobs.values() for s in j['steps'] if (u := s.get('uses'))
            and u not in TAGGED and not re.search(r'@[0-9a-f]{40}$', u)]
    if faults: raise RuntimeError('\n'.join(faults))

def preprocess(env, root):
    "The docs build up to Quarto, in a copy; a stand-in for `quarto` on the path stops nbdev from downloading it"
    nbs = root/'nbs'
    stub = Path(env)/'stub'
    stub.mkdir()
    (stub/'quarto').write_text('#!/bin/sh\nexit 0\n')
    (stub/'quarto').chmod(0o755)
    shutil.rmtree(root/'_proc', ignore_errors=True)
    sh('nbdev-proc-nbs --n-workers 2', cwd=root, env={'PATH': f"{stub}:{os.environ['PATH']}"})
    pages = {p.relative_to(nbs) for p in nbs.rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts}
    missing = {p for p in pages if not (root/'_proc'/p).exists()}
    if missing or not pages: raise RuntimeError(f'not preprocessed: {sorted(map(str, missing))}')
    if (root/'_proc/_quarto.yml').read_text()!=(root/'_quarto.yml').read_text(): raise RuntimeError('_proc/_quarto.yml differs from _quarto.yml')

def as_published(env, site):
    "Checks of a copy whose pages hold what they print now"
    first = [p for p in contents.pages(nbs) if contents.LESSONS.match(p.name) and p.parts[0] not in docs.NO_COURSE] # Pages that are read where they lie
    seen,faults = docs.current(nbs, site/'nbs', first)
    record(f'{seen} kept outputs of lessons that are made of records are current', '\n'.join(faults) or '' if seen else 'none')
    check('docs preprocessing')(lambda: preprocess(env, site))
    pages = docs.Site(site/'nbs')
    for rule,read in ((docs.tables, pages), (docs.figures, pages), (docs.machine_paths, docs.Site(site/'_proc'))):
        seen,faults = rule(read)
        record(f'pages as published: {rule.__name__} ({seen})', '\n'.join(faults))
    seen,faults = docs.on_page(site/'nbs', site/'_proc')
    record(f'the code of {seen} exported cells is on its page', '\n'.join(faults) or '' if seen else 'none')
    check('faults planted in a processed page are found')(lambda: docs.on_page_self_test(site/'nbs', site/'_proc'))
    shutil.rmtree(site)

def main(env):
    making,(pip,train) = pinned(env)
    for cmd in ('nbdev-export', 'nbdev-clean'): check(f'{cmd} leaves the checkout clean')(lambda: same_after(cmd))
    check('README.md is what the index notebook gives now')(readme.check)
    check('each rule for the pages finds its planted fault')(docs.self_test)
    for rule,seen,faults in docs.check(nbs): record(f'pages: {rule} ({seen})', '\n'.join(faults))
    check('workflows: jobs exist, actions are pinned')(workflows)
    fresh_install(env)
    in_browser(env)
    tests = readme.command('nbdev-test')
    print(f'newest: {versions({})}', flush=True)
    site = Path(env)/'site'             # as the docs workflow makes it: every page with what it prints now
    sh(f'git clone -q {root} {site}')
    rest = f'^(?!.*({ONCE}))'
    print(f"newest: {sum(bool(re.search(ONCE, p.as_posix())) for p in notebooks())} pages run with pip's torch only", flush=True)
    run_notebooks('newest', tests.partition('&& ')[2]+f" --save --path-re '{rest}'", rest, where=site)
    as_published(env, site)
    @check(f'pip installs torch {TORCH}')
    def _():
        out,_ = making.communicate()
        if making.returncode: raise RuntimeError(out[-3000:])
    run_notebooks(f'pip, torch {TORCH}', tests, env=pip)
    print(f'pip: {versions(pip)}', flush=True)
    main_job(env, train)
    for n in ('pip','train'): shutil.rmtree(f'{env}/{n}')
    low = inside(env, 'lowest')
    sh(make(env, 'lowest'))
    sh("uv pip install -q --resolution lowest-direct -e '.[dev]'", low)
    print(f'lowest: {versions(low)}', flush=True)
    run_notebooks('lowest', f"{tests.partition('&& ')[2]} --path-re '{LOWEST}'", LOWEST, low)

if __name__=='__main__':
    try: main(sys.argv[1])
    except BaseException: record('the checks themselves ran to the end', traceback.format_exc())
    print(f'{sum(results)} passed, {len(results)-sum(results)} failed')
    sys.exit(not results or not all(results))
