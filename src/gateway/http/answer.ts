import type { ServerResponse } from 'node:http';
import { jsonContentType, type HttpProblem } from '../../protocol/index.ts';

/** The challenge to a peer that showed no credentials (spec/p2p-http.md section 3). */
const challenge = 'Basic realm="git-annex", charset="UTF-8"';

/** Longest reason phrase sent, in characters; clients show it to people. */
const reasonLengthMax = 200;

/** Answers that a request cannot be answered, with the reason as the reference server puts it. */
export function answerProblem(response: ServerResponse, problem: HttpProblem): void {
  if (problem.status === 401) response.setHeader('WWW-Authenticate', challenge);
  if (problem.status >= 500) {
    // The git-annex client shows a failure as "<status> <reason phrase>" and no more.
    response.writeHead(problem.status, reasonPhrase(problem.text), plainText(problem.text));
  } else {
    response.writeHead(problem.status, plainText(problem.text));
  }
  response.end(problem.text);
}

function plainText(text: string): Record<string, string> {
  return { 'Content-Length': String(Buffer.byteLength(text)) };
}

function reasonPhrase(text: string): string {
  const plain = text.replace(/[^\u0020-\u007e]+/g, ' ').trim();
  return plain === '' ? 'Internal Server Error' : plain.slice(0, reasonLengthMax);
}

/**
 * Answers with one of the protocol's JSON replies. All answers of one turn of the event loop leave
 * one right after the other: clients on the same machine are then woken once for many of them,
 * which costs more than to answer.
 */
export function answerJson(response: ServerResponse, json: string): void {
  setImmediate(() => {
    // What failed meanwhile has been answered as a failure.
    if (response.destroyed || response.headersSent) return;
    response.writeHead(200, {
      'Content-Type': jsonContentType,
      'Content-Length': Buffer.byteLength(json),
    });
    response.end(json);
  });
}
