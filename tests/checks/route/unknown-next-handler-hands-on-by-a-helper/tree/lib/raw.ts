export function raw(url, body) {
  return new Promise((resolve, reject) => {
    const client = url.startsWith("https:") ? require("https") : require("http");
    const request = client.request(new URL(url), (answer) => resolve(answer.statusCode));
    request.on("error", reject);
    request.end(body);
  });
}
