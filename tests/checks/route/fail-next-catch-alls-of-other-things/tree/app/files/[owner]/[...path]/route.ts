export async function GET(request, { params }) {
  return fetch(`https://files.example/${params.path.join('/')}`);
}
