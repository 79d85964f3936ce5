export const highlight = (text: string, query: string): string => {
  if (!query.trim()) return text;
  let marked = text;
  query.split(' ').forEach((word) => {
    marked = marked.replace(new RegExp(escapeRegExp(word), 'gi'), '<mark>$1</mark>');
  });
  return marked;
};

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const safe = (text: string) => text.replace(/</g, '&lt;');
