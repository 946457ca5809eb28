"""Opens the pages of a rendered site in Chromium, light and dark, wide and narrow, and runs axe-core in each.

`python .ci/axe.py _docs axe.min.js [page …]`. Fails when a page breaks a rule of WCAG 2.1 A or AA, is wider than the
screen of a phone, or logs an error. A page without its name in the arguments is opened if it is an HTML file of the site."""
import functools, html, json, re, shutil, subprocess, sys, tempfile, threading
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from browser import browser

AXE = """<!doctype html><html lang="en"><title>axe</title><body style="margin:0">
<iframe id="f" title="page" style="border:0;width:%(width)spx;height:1000px" src="/%(page)s"></iframe><script>
const f = document.getElementById('f'), say = r => { document.body.dataset.axe = JSON.stringify(r) }
f.onload = async () => { try {
  const w = f.contentWindow, d = f.contentDocument, errors = []
  w.addEventListener('error', e => errors.push(e.message))
  const dark = d.body.classList.contains('quarto-dark')
  if (dark != %(dark)s && w.quartoToggleColorScheme) w.quartoToggleColorScheme()
  const s = d.createElement('script'); s.src = '/%(axe)s'
  await new Promise((ok, no) => { s.onload = ok; s.onerror = no; d.head.append(s) })
  await new Promise(ok => setTimeout(ok, 500))
  const r = await w.axe.run(d, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})
  say({errors, wide: d.documentElement.scrollWidth-w.innerWidth, violations: r.violations.map(v =>
    [v.id, v.impact, v.nodes.length, String(v.nodes[0].target).slice(0, 90), v.nodes[0].failureSummary.slice(0, 200)])})
} catch (e) { say({errors: [String(e)], wide: 0, violations: []}) } }
</script>"""

class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_): pass

def look(root, port, axe, page, width, dark):
    "What axe says of one page"
    name = f'_axe-{abs(hash((page, width, dark)))}.html'
    (root/name).write_text(AXE % dict(page=page, width=width, dark=str(dark).lower(), axe=axe), encoding='utf-8')
    try:
        with tempfile.TemporaryDirectory() as profile:
            dom = subprocess.run([browser(), '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={profile}',
                f'--window-size={max(width, 800)},1000', '--virtual-time-budget=20000', '--dump-dom', f'http://localhost:{port}/{name}'],
                capture_output=True, text=True, timeout=180).stdout
    finally: (root/name).unlink()
    m = re.search(r'data-axe="([^"]*)"', dom)
    return json.loads(html.unescape(m[1])) if m else dict(errors=['axe did not answer'], wide=0, violations=[])

def main(site, axe, *pages):
    with tempfile.TemporaryDirectory() as tmp:
        root = Path(tmp)/'site'
        shutil.copytree(site, root)
        shutil.copy(axe, root/'axe.min.js')
        pages = pages or sorted(p.relative_to(root).as_posix() for p in root.rglob('*.html') if 'site_libs' not in p.parts)
        server = ThreadingHTTPServer(('localhost', 0), functools.partial(Quiet, directory=root))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port,bad = server.server_address[1],0
        views = [(p, w, d) for p in pages for w in (1400,390) for d in (False,True)]
        def one(v): return v, look(root, port, 'axe.min.js', *v)
        with ThreadPoolExecutor(3) as pool:
            for (page,width,dark),r in pool.map(one, views):
                faults = [f'error: {e}' for e in r['errors']]+[': '.join(map(str, v)) for v in r['violations']]
                if width<400 and r['wide']>1: faults.append(f"{r['wide']} px wider than the screen")
                if faults: print(f"FAIL {page} {width} px {'dark' if dark else 'light'}", *faults, sep='\n     ')
                bad += bool(faults)
        print(f'{len(views)-bad} views passed, {bad} failed')
        return bool(bad or not views)

if __name__=='__main__': sys.exit(main(*sys.argv[1:]))
