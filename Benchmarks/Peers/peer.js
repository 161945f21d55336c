// Answers GET /health with the bytes of a file: node peer.js PORT FILE.
"use strict";
const body = require("fs").readFileSync(process.argv[3]);
const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", "Content-Length": body.length };

require("http")
  .createServer((request, response) => {
    response.writeHead(request.url === "/health" ? 200 : 404, headers);
    response.end(body);
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
