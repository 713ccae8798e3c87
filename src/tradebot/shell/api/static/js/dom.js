/* How do values become nodes? Every text goes through `shown`, and markup is never read. */

import { shown } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";

export function h(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    const isExact = name.startsWith("data-"); // ids go back to the daemon as they came
    node.setAttribute(name, value === true ? "" : isExact ? value : shown(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : shown(child));
  }
  return node;
}

/** Make what stands look like what was drawn, and touch nothing that is the same: focus stays. */
export function morph(stands, drawn) {
  if (!isSame(stands, drawn)) {
    stands.replaceWith(drawn);
  } else if (stands.nodeType === Node.TEXT_NODE) {
    if (stands.data !== drawn.data) stands.data = drawn.data;
  } else {
    morphAttributes(stands, drawn);
    morphChildren(stands, drawn);
  }
}

function isSame(stands, drawn) {
  return stands.nodeName === drawn.nodeName && keyOf(stands) === keyOf(drawn);
}

function keyOf(node) {
  return node.dataset?.key;
}

function morphAttributes(stands, drawn) {
  for (const { name } of [...stands.attributes]) {
    if (!drawn.hasAttribute(name)) stands.removeAttribute(name);
  }
  for (const { name, value } of drawn.attributes) {
    if (stands.getAttribute(name) !== value) stands.setAttribute(name, value);
  }
}

function morphChildren(stands, drawn) {
  const keyed = new Map([...stands.children].map((node) => [keyOf(node), node]));
  let next = stands.firstChild;
  for (const child of [...drawn.childNodes]) {
    const found = keyOf(child) === undefined ? undefined : keyed.get(keyOf(child));
    if (found && found !== next) stands.insertBefore(found, next);
    const match = found ?? next;
    if (match && isSame(match, child)) {
      next = match.nextSibling;
      morph(match, child);
    } else {
      stands.insertBefore(child, next);
    }
  }
  while (next) {
    const gone = next;
    next = gone.nextSibling;
    gone.remove();
  }
}
