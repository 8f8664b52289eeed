/**
 * Colours by meaning, for light and dark: blue and orange of Okabe and Ito's palette, which colour-blind
 * people tell apart. The same rules serve the page and the SVG file.
 */
export const pictureStyle: string = `
:root{color-scheme:light dark;--paper:#fcfcfb;--ink:#1f2328;--soft:#57606a;--line:#d5dae0;--quiet:#eef0f2;
--blue:#0072b2;--tank:#5aa5d6;--held:#a9b1ba;--over:#d55e00}
@media (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e4e7ea;--soft:#9aa4ae;--line:#343b43;--quiet:#20252b;
--blue:#56b4e9;--tank:#2f7fb0;--held:#68727d;--over:#e8904a}}
svg text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--ink)}
svg .soft{fill:var(--soft);font-size:11px}svg .name{font-weight:600;font-size:13px}
svg .number{font-variant-numeric:tabular-nums}svg .heading{font-size:16px;font-weight:600}
.paper{fill:var(--paper)}.frame{fill:none;stroke:var(--soft);stroke-width:1.5}.back{fill:var(--paper)}
.axis{stroke:var(--line);fill:none}.limit{stroke:var(--over);stroke-dasharray:4 3;fill:none}
.disk{stroke:var(--ink);stroke-opacity:.7;fill:none}.down{fill:var(--held);fill-opacity:.35}
.off .frame{stroke-dasharray:3 3}.off .back,.off .name{opacity:.5}
.tank{fill:var(--tank)}.held{fill:var(--held)}.over{fill:var(--over)}
.link{stroke:var(--line);stroke-width:1.5;fill:none}.arrow{fill:var(--soft)}.key{stroke-width:2}
.flow{stroke:var(--blue);fill:none;stroke-opacity:.45;stroke-linecap:round}
.curve{stroke:var(--blue);stroke-width:1.75;fill:none;stroke-linejoin:round}.area{fill:var(--blue);fill-opacity:.12}
.cell{fill:var(--blue)}.cells{fill:none;stroke:var(--line)}
`;
