// What all widgets share; `lab.widgets` puts it into each page
"use strict"
const $ = id => document.getElementById(id)
// The frame becomes as high as the page. While its width stays it does not shrink, so that what is below stands still
let tall = [0, 0]
function fit() {
  if (!window.frameElement) return
  const w = innerWidth, h = Math.ceil(document.documentElement.getBoundingClientRect().height)
  tall = [w, w == tall[0] ? Math.max(h, tall[1]) : h]
  window.frameElement.style.height = tall[1] + 'px'
}
// Dark or light as the page around is, also when it changes; what is drawn in colours of its own passes `changed`
function theme(changed = () => {}) {
  let dark = matchMedia('(prefers-color-scheme: dark)').matches
  const set = d => document.documentElement.classList.toggle('dark', d)
  try {
    const b = parent.document.body
    const around = () => /quarto-(dark|light)/.test(b.className) ? b.classList.contains('quarto-dark')
      : b.dataset.jpThemeLight ? b.dataset.jpThemeLight == 'false' : dark
    new MutationObserver(() => { set(around()); changed() }).observe(b, {attributes: true})
    dark = around()
  } catch (e) {}
  set(dark)
}
// A bar for each [name, share of the longest, text, colour]
function bars(rows) {
  $('bars').replaceChildren(...rows.map(([name, share, text, colour]) => {
    const row = document.createElement('div'), bar = document.createElement('i'), n = document.createElement('span'), t = document.createElement('b'), box = document.createElement('span')
    row.className = 'bar'; n.textContent = name; t.textContent = text
    bar.style.cssText = `width:${100*Math.min(1, share)}%;background:${colour}`
    box.append(bar); row.append(n, box, t); return row }))
}
