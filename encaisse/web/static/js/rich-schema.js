// What a text may hold: the tags that the server keeps in a message, and nothing else. Whatever is
// loaded or pasted is read into this.
import {
  Blockquote, Bold, BulletList, Document, Gapcursor, HardBreak, Heading, Italic, Link, ListItem,
  OrderedList, Paragraph, Table, TableCell, TableHeader, TableRow, Text, Underline, UndoRedo,
} from "../django_prose_editor/editor.js";

const ADDRESS = /^(https?:\/\/|mailto:|www\.|[^\s:/@]+@)/i;

const TITLE_LEVELS = { h1: 2, h2: 2, h3: 3, h4: 3, h5: 3, h6: 3 };

const Title = Heading.extend({
  parseHTML: () => Object.entries(TITLE_LEVELS).map(([tag, level]) => ({ tag, attrs: { level } })),
}).configure({ levels: [2, 3] });

// Links are opened from the message, not from here; Ctrl-K belongs to the search of the frame.
const Address = Link.extend({ addKeyboardShortcuts: () => ({}) }).configure({
  defaultProtocol: "https",
  isAllowedUri: (address) => ADDRESS.test(address),
  shouldAutoLink: (address) => ADDRESS.test(address),
});

// Without the numbering and the styles that would not leave with the message.
const Numbers = OrderedList.extend({ addAttributes: () => ({}), addNodeView: null });
const Grid = Table.extend({ addNodeView: null });
const [Cell, HeadCell] = [TableCell, TableHeader].map((cell) =>
  cell.extend({
    addAttributes() {
      const { colspan, rowspan, colwidth } = this.parent();
      return { colspan, rowspan, colwidth };
    },
  }),
);

export const EXTENSIONS = [
  Document, Text, Paragraph, HardBreak, Title, Bold, Italic, Underline, Address, BulletList, Numbers,
  ListItem, Blockquote, Grid, TableRow, Cell, HeadCell, UndoRedo, Gapcursor,
];

// The address as a link holds it: `jean@x.fr` is written to, `x.fr` is visited.
export function hrefOf(typed) {
  if (/^(https?:\/\/|mailto:)/i.test(typed)) return typed;
  return typed.includes("@") && !typed.includes("/") ? `mailto:${typed}` : `https://${typed}`;
}

// A text without tags (a template typed without formatting) as paragraphs.
export function asHtml(text) {
  if (text.includes("<")) return text;
  const holder = document.createElement("div");
  for (const part of text.split(/\n\s*\n/)) {
    const lines = part.split("\n").flatMap((line, rank) => (rank ? [document.createElement("br"), line] : [line]));
    const paragraph = document.createElement("p");
    paragraph.append(...lines);
    holder.append(paragraph);
  }
  return holder.innerHTML;
}

// The HTML that is sent: an item or a cell of one paragraph is that text, without its margins.
export function tight(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const text of holder.content.querySelectorAll("li > p:first-child, :is(td, th) > p:only-child")) {
    text.replaceWith(...text.childNodes);
  }
  return holder.innerHTML;
}
