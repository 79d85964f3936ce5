import DOMPurify from 'isomorphic-dompurify';
export const sanitizeHtml = (text: string) => DOMPurify.sanitize(text);
export const sanitizeName = (text: string) => text.replace(/[^a-z]/g, '');
