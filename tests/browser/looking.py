"""What does somebody see of the page, and could everybody use it? Asked inside the browser."""

from typing import Any, Final

# All that is shown, but for what every look sees anew, such as how long it is until the close.
SHOWN: Final = """() => Object.fromEntries([...document.querySelectorAll('main section')].map(
  (section) => {
    const copy = section.cloneNode(true);
    for (const node of copy.querySelectorAll('[data-ticking]')) node.remove();
    return [section.id, copy.hidden ? 'hidden' : copy.textContent];
  }))"""

FLAWS: Final = """() => {
  const flaws = [];
  const see = (is, text) => { if (!is) flaws.push(text); };
  const name = (node) => node.getAttribute('aria-label') ?? node.textContent.trim();
  const about = (node) => node.outerHTML.slice(0, 120);
  see(document.documentElement.lang, 'no language');
  see(document.title, 'no title');
  for (const kind of ['header', 'nav', 'main']) {
    see(document.querySelectorAll(`body > ${kind}`).length === 1, `not one ${kind}`);
  }
  for (const node of document.querySelectorAll('button, a[href]')) {
    see(name(node), `without a name: ${about(node)}`);
    const { width, height } = node.getBoundingClientRect();
    see(!node.matches('button') || width === 0 || (width >= 24 && height >= 24),
      `too small to hit: ${about(node)}`);
  }
  for (const node of document.querySelectorAll('svg, meter, [role=img]')) {
    see(node.getAttribute('aria-label'), `without words: ${about(node)}`);
  }
  for (const node of document.querySelectorAll('input')) {
    see(node.labels.length > 0, `without a label: ${about(node)}`);
  }
  for (const node of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
    for (const id of ['aria-labelledby', 'aria-describedby'].map((a) => node.getAttribute(a))) {
      const isThere = !id || document.getElementById(id) || node.matches('dialog:not([open])');
      see(isThere, `names nothing: ${about(node)}`);
    }
  }
  for (const node of document.querySelectorAll('table')) {
    see(node.caption, `a table without a caption: ${about(node)}`);
    see([...node.querySelectorAll('th')].every((cell) => cell.scope), `no scope: ${about(node)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  see(new Set(ids).size === ids.length, `an id twice: ${ids}`);
  let level = 0;
  for (const node of document.querySelectorAll('h1, h2, h3, h4')) {
    const found = Number(node.nodeName[1]);
    see(found <= level + 1, `a level is left out before ${about(node)}`);
    level = found;
  }
  return flaws;
}"""

# What sticks out of the window to the right; what only screen readers see may stand anywhere.
OUTSIDE: Final = """() => [...document.querySelectorAll('body *')].filter((node) => {
  const { right, width } = node.getBoundingClientRect();
  return width > 1 && right > innerWidth + 1 && !node.closest('.unseen, .skip, thead, svg');
}).map((node) => node.outerHTML.slice(0, 120))"""


def shown(page: Any) -> dict[str, str]:
    return dict(page.evaluate(SHOWN))


def fits(page: Any) -> list[str]:
    """Return what does not fit into the window's width."""
    is_wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*page.evaluate(OUTSIDE), *(["the page scrolls sideways"] if is_wider else [])]


def flaws(page: Any) -> list[str]:
    return list(page.evaluate(FLAWS))


def panel(page: Any, name: str) -> Any:
    return page.locator(f"#{name}")
