import { highlight, safe } from './search';

export const Result = ({ result, query }) => (
  <div>
    <span dangerouslySetInnerHTML={{
      __html: safe(result.title),
    }} />
    <p dangerouslySetInnerHTML={{ __html: safe(result.description) }} />
    <p dangerouslySetInnerHTML={{ __html: highlight(TITLE, query) }} />
  </div>
);
const TITLE = 'All results';
