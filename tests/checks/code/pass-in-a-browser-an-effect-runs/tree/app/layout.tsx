import { Tracker } from './tracker';

export default function Layout({ children }) {
  return <html><body><Tracker />{children}</body></html>;
}
