export const Table = ({ rows }) => rows.map((row) => <p key={row.id}>{row.id}</p>);
