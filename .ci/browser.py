"""Opens the widgets and the report in Chromium, moves every control, and fails on an error in the console.

`python .ci/browser.py [page.html …]`. Light on a wide screen, dark on a phone; widgets on their own and in the frame of a page."""
import contextlib, json, os, select, shutil, subprocess, sys, tempfile, time
from pathlib import Path

root = Path(__file__).resolve().parents[1]
VIEWS = {'wide, light': (1200,'light'), 'phone, dark': (390,'dark')}

MOVE = """(async () => {
  const frame = document.querySelector('iframe[srcdoc]'), doc = frame ? frame.contentDocument : document
  const wait = ms => new Promise(ok => setTimeout(ok, ms)), seen = new Set()
  const look = () => seen.add(doc.body.innerText + [...doc.querySelectorAll('canvas')].map(c => c.toDataURL()) +
    [...doc.querySelectorAll('svg')].map(s => s.outerHTML))
  const tell = (e, ...names) => names.forEach(n => e.dispatchEvent(new Event(n, {bubbles: true})))
  let controls = 0
  await wait(100); look()
  for (const e of doc.querySelectorAll('input[type=range], input[type=number]')) {
    const [low, high] = [+e.min || 0, +(e.max || 100)]; controls++
    for (const v of [low, high, (low + high)/2]) { e.value = v; tell(e, 'input', 'change'); await wait(20); look() }
  }
  for (const e of doc.querySelectorAll('select')) { controls++
    for (const o of [...e.options]) { e.value = o.value; tell(e, 'input', 'change'); await wait(20); look() } }
  for (const e of doc.querySelectorAll('input[type=checkbox], input[type=radio], button, summary')) {
    controls++; e.click(); await wait(20); look() }
  for (const e of doc.querySelectorAll('canvas, svg')) for (const [x, y] of [[.2,.2],[.5,.5],[.8,.6]]) {
    const b = e.getBoundingClientRect(), at = {bubbles: true, clientX: b.left + x*b.width, clientY: b.top + y*b.height}
    for (const n of ['pointermove', 'pointerdown', 'pointerup']) e.dispatchEvent(new PointerEvent(n, at))
    for (const n of ['mousemove', 'click']) e.dispatchEvent(new MouseEvent(n, at))
    look()
  }
  await wait(200); look()
  return {controls, looks: seen.size, wide: doc.documentElement.scrollWidth - doc.defaultView.innerWidth}
})()"""

def browser(install=False):
    "Path of Chromium or Chrome; Debian's is installed where there is none, if `install`"
    found = lambda: next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome'))), None)
    if not found() and install and shutil.which('apt-get'):
        sudo = [] if os.getuid()==0 else ['sudo']
        for cmd in (['update','-q'], ['install','-y','-q','--no-install-recommends','chromium']):
            r = subprocess.run([*sudo, 'apt-get', *cmd], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                env={**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'})
        if r.returncode: raise RuntimeError(f'chromium cannot be installed:\n{r.stdout[-2000:]}')
    if not found(): raise RuntimeError('no Chromium on the path')
    return found()

class Chromium:
    "A headless browser, spoken to by its debugging protocol over two pipes"
    def __init__(self, install=False):
        self.profile = tempfile.mkdtemp()
        (there,self.send),(self.get,back) = os.pipe(),os.pipe()
        cmd = [browser(install), '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
            f'--user-data-dir={self.profile}', '--remote-debugging-pipe']
        self.process = subprocess.Popen(['bash', '-c', f'exec "$@" 3<&{there} 4>&{back}', 'bash', *cmd], pass_fds=(there,back),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(there), os.close(back)
        self.number,self.text,self.events = 0,b'',[]
    def __enter__(self): return self
    def __exit__(self, *_):
        self.process.terminate()
        try: self.process.wait(10)
        except subprocess.TimeoutExpired: self.process.kill()
        os.close(self.send), os.close(self.get)
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self, until):
        "The next message, or None when it is `until` o'clock"
        while b'\0' not in self.text:
            if not select.select([self.get], [], [], max(0, until-time.time()))[0]: return
            more = os.read(self.get, 1<<16)
            if not more: raise RuntimeError('the browser ended')
            self.text += more
        message,_,self.text = self.text.partition(b'\0')
        return json.loads(message)
    def __call__(self, method, session=None, seconds=60, **params):
        "The answer to a command; what happens meanwhile is kept in `events`"
        self.number += 1
        message = dict(id=self.number, method=method, params=params) | (dict(sessionId=session) if session else {})
        os.write(self.send, json.dumps(message).encode()+b'\0')
        until = time.time()+seconds
        while m := self.read(until):
            if m.get('id')!=self.number: self.events.append(m)
            elif 'error' in m: raise RuntimeError(f"{method}: {m['error']['message']}")
            else: return m['result']
        raise RuntimeError(f'{method}: no answer in {seconds} s')
    def wait(self, name, session, seconds=60):
        "Until an event of that name, or one that came before, is there"
        until = time.time()+seconds
        while not any(e.get('method')==name and e.get('sessionId')==session for e in self.events):
            m = self.read(until)
            if m is None: raise RuntimeError(f'no {name} in {seconds} s')
            self.events.append(m)

def faults(events):
    "What the console and uncaught exceptions say, of a list of events"
    out = []
    for e in events:
        p = e.get('params', {})
        if e.get('method')=='Runtime.exceptionThrown':
            d = p['exceptionDetails']
            out.append(f"uncaught: {(d.get('exception') or {}).get('description') or d['text']}".splitlines()[0])
        if e.get('method')=='Runtime.consoleAPICalled' and p['type'] in ('error','assert'):
            out.append('console: '+' '.join(str(a.get('value', a.get('description'))) for a in p['args']))
        if e.get('method')=='Log.entryAdded' and p['entry']['level']=='error':
            out.append(f"log: {p['entry']['text']} {p['entry'].get('url', '')}".strip())
    return out

def opened(chrome, page, width, theme, moving):
    "What is wrong with a page in one view; with `moving` it must have controls, and answer them"
    target = chrome('Target.createTarget', url='about:blank')['targetId']
    s = chrome('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
    for domain in ('Runtime','Log','Page'): chrome(f'{domain}.enable', s)
    chrome('Emulation.setEmulatedMedia', s, features=[dict(name='prefers-color-scheme', value=theme)])
    chrome('Emulation.setDeviceMetricsOverride', s, width=width, height=1000, deviceScaleFactor=1, mobile=False)
    chrome.events.clear()
    went = chrome('Page.navigate', s, url=Path(page).resolve().as_uri())
    if 'errorText' in went: return [f"not opened: {went['errorText']}"]
    chrome.wait('Page.loadEventFired', s)
    r = chrome('Runtime.evaluate', s, expression=MOVE, awaitPromise=True, returnByValue=True)
    got = faults([e for e in chrome.events if e.get('sessionId')==s])
    chrome('Target.closeTarget', targetId=target)
    if 'exceptionDetails' in r: return got+[f"the controls cannot be moved: {r['exceptionDetails'].get('exception', {}).get('description')}"]
    v = r['result']['value']
    if moving and not v['controls']: got.append('nothing on it can be moved')
    elif moving and v['looks']<2: got.append('nothing changes when its controls are moved')
    if moving and v['wide']>1: got.append(f"{v['wide']} px wider than the screen")
    return got

def look(pages, install=False):
    "`(page, view, faults)` for each of `{path: moving}` in each view"
    with Chromium(install) as chrome:
        for page,moving in pages.items():
            for name,(width,theme) in VIEWS.items(): yield page, name, opened(chrome, page, width, theme, moving)

def framed(folder):
    "A page for each widget that shows it as a notebook does"
    from convpapers.lab.widgets import widget, widgets
    for name in widgets():
        page = Path(folder)/f'framed-{name}.html'
        page.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title><body>{widget(name)._repr_html_()}</body></html>',
            encoding='utf-8')
        yield page

def check(report=None, install=False):
    "`(views, faults)` of the widgets, on their own and in a page, and of the report; it is written if none is given"
    with tempfile.TemporaryDirectory() as d:
        if report is None:
            subprocess.run([sys.executable, '-m', 'convpapers', 'report', '--out', d], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            report = Path(d)/'report.html'
        own = sorted((root/'convpapers/widgets').glob('*.html'))
        if not own: return 0, ['no widget']
        pages = {**dict.fromkeys([*own, *framed(d)], True), report: False}
        seen = list(look(pages, install))
    return len(seen), [f'{page.name} ({view}): {f}' for page,view,fs in seen for f in fs]

PLANTED = {
    'console: planted': "<script>console.error('planted')</script>",
    'uncaught: Error: planted': "<script>throw new Error('planted')</script>",
    'uncaught: ReferenceError': "<script>document.querySelector('input').addEventListener('input', () => gone())</script>",
    'uncaught: SyntaxError': '<script>let = = 1</script>',
    'uncaught: Error: later': "<script>Promise.reject(new Error('later'))</script>",
    'log: Failed to load resource': '<img src="none.png" alt="">',
    'px wider than the screen': '<div style="width:3000px">wide</div>',
    'nothing changes when': ''}

def self_test(install=False):
    "Every planted fault is found, by its own words, and a page without one has none"
    start = '<!doctype html><html lang="en"><meta charset="utf-8"><title>p</title><body><input type="range"><output></output>'
    answer = "<script>document.querySelector('input').oninput = e => document.querySelector('output').value = e.target.value</script>"
    with tempfile.TemporaryDirectory() as d:
        pages = {}
        for i,(words,fault) in enumerate({**PLANTED, '': '<p>fine</p>'}.items()):
            page = Path(d)/f'{i}.html'
            page.write_text(start + (answer if fault else '') + fault, encoding='utf-8')
            pages[page] = words
        framed = Path(d)/'framed.html'
        inner = (start+answer+PLANTED['uncaught: ReferenceError']).replace('"', '&quot;')
        framed.write_text(f'<!doctype html><html lang="en"><title>f</title><body><iframe srcdoc="{inner}"></iframe>', encoding='utf-8')
        pages[framed] = 'uncaught: ReferenceError'
        for page,view,got in look(dict.fromkeys(pages, True), install):
            words = pages[page]
            if not got==[] if not words else not any(words in g for g in got):
                raise AssertionError(f'planted {words!r}, {view}: found {got}')

def main(*pages):
    if pages: seen,bad = len(pages)*len(VIEWS), [f'{p} ({v}): {f}' for p,v,fs in look(dict.fromkeys(pages, False), True) for f in fs]
    else:
        self_test(True)
        seen,bad = check(install=True)
    print(*bad, f'{seen} views, {len(bad)} faults', sep='\n')
    return bool(bad or not seen)

if __name__=='__main__': sys.exit(main(*sys.argv[1:]))
