import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fullnessKey, fullnessPanels } from '../pictures/fullness.ts';
import { headline, thinnedNote } from '../pictures/headline.ts';
import { matrixPicture } from '../pictures/matrix.ts';
import { networkPicture } from '../pictures/network.ts';
import { svgElement } from '../pictures/picture.ts';
import { pictureStyle } from '../pictures/style.ts';
import { escaped } from '../pictures/xml.ts';
import { isTimed, type SimulationRecording } from '../recording.ts';
import { pageData, scriptJson } from './page-data.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { repositoryTable } from './repository-table.ts';

/**
 * A run as one page that opens from disk: nothing is loaded, and by its policy nothing can be. All text
 * of the simulation is escaped; the only script and style are those whose digests the policy names.
 */
export function htmlReport(recording: SimulationRecording, title: string): string {
  const style = pictureStyle + pageStyle;
  const policy =
    `default-src 'none'; script-src '${digestOf(pageScript)}'; style-src '${digestOf(style)}'; ` +
    `base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1>
${[...headline(recording), ...thinnedNote(recording)].map((line) => `<p>${escaped(line)}</p>`).join('\n')}
</header>
<main>
<section aria-labelledby="network-heading"><h2 id="network-heading">Network</h2>
<div class="wide">${svgElement(networkPicture(recording), 'network')}</div>
${playerOf(recording)}
</section>
<section aria-labelledby="fullness-heading"><h2 id="fullness-heading">Bytes held over time</h2>
${panelsOf(recording)}</section>
<section aria-labelledby="matrix-heading"><h2 id="matrix-heading">Transfers</h2>
<div class="wide">${svgElement(matrixPicture(recording), 'matrix')}</div></section>
<section aria-labelledby="table-heading"><h2 id="table-heading">Repositories in the end</h2>
<div class="wide">${repositoryTable(recording)}</div></section>
</main>
<script type="application/json" id="data">${scriptJson(pageData(recording))}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

/** Panels over time, as many in a row as there is room for. */
function panelsOf(recording: SimulationRecording): string {
  const panels = fullnessPanels(recording).map((panel, index) =>
    svgElement(panel, `panel-${index}`, 'panel'),
  );
  const key = fullnessKey(recording);
  return `<div class="panels" id="fullness">${panels.join('\n')}</div>${key === undefined ? '' : svgElement(key, 'fullness-key')}`;
}

/** The slider, and what it says. */
function playerOf(recording: SimulationRecording): string {
  return `<div id="player" class="player${isTimed(recording) ? ' timed' : ''}">
<div class="row"><button id="back" type="button" aria-label="One action back">‹</button>
<input id="slider" type="range" min="0" max="0" step="1" aria-label="Action">
<button id="on" type="button" aria-label="One action on">›</button>
<output id="count" for="slider"></output></div>
<p id="did" class="did"></p>
<p id="command-row" class="soft">in <code id="command"></code></p>
<div id="why-row"><pre id="why"></pre></div>
</div>`;
}

function digestOf(text: string): string {
  return `sha256-${base64(sha256(utf8ToBytes(text)))}`;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
