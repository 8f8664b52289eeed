/** How the page around the pictures looks. */
export const pageStyle: string = `
*{box-sizing:border-box}
body{margin:0 auto;padding:28px 24px 48px;max-width:820px;background:var(--paper);color:var(--ink);
font:14px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
h1{font-size:20px;margin:0 0 6px;overflow-wrap:anywhere}h2{font-size:15px;margin:36px 0 10px}
header p{margin:0;color:var(--soft)}.soft{color:var(--soft)}
.wide{overflow-x:auto}.picture{display:block;max-width:none}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px}
.panel{width:100%;max-width:243px;height:auto}#fullness-key{margin-top:14px}
.player{border:1px solid var(--line);border-radius:8px;padding:12px 14px;margin-top:10px}
.player p{margin:6px 0 0}.row{display:flex;flex-wrap:wrap;gap:10px;align-items:center}
.row input{flex:1;min-width:160px;accent-color:var(--blue)}
.row output{min-width:130px;text-align:right;font-variant-numeric:tabular-nums;color:var(--soft)}
.timed output{min-width:230px}
button{font:inherit;color:inherit;background:var(--quiet);border:1px solid var(--line);border-radius:6px;width:30px;height:28px}
button:disabled{opacity:.4}:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
.did{font-weight:600;overflow-wrap:anywhere}code,pre{font:12px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
pre{background:var(--quiet);border-radius:6px;padding:8px 10px;margin:8px 0 0;max-height:180px;overflow:auto;white-space:pre-wrap}
.flow{transition:stroke-opacity .12s}.flow.now{stroke:var(--over);stroke-opacity:.9}
.now .frame{stroke:var(--over);stroke-width:3}.now-line{stroke:var(--over);stroke-width:1.25}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:5px 14px 5px 0;text-align:right;border-bottom:1px solid var(--line);font-weight:400;white-space:nowrap;vertical-align:top}
thead th{color:var(--soft);font-size:12px}th:first-child{text-align:left;font-weight:600}
th.text,td.text{text-align:left}td.text{white-space:normal;overflow-wrap:break-word;max-width:300px}
@media (max-width:600px){.row output{flex-basis:100%;text-align:left}}
@media (prefers-reduced-motion:reduce){.flow{transition:none}}
`;
