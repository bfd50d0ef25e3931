/** Texts that become something else where a page takes text for HTML, a link for harmless or an image for free. */
export const payloads: readonly string[] = [
  '<script>pwned()</script>',
  '<img src=x onerror=pwned()>',
  '"><img src=x onerror=pwned()>',
  '<img src="https://evil.example/pixel.png">',
  '![logo](https://evil.example/logo.png)',
  '[press here](javascript:pwned())',
  '[press here](data:text/html;base64,PHNjcmlwdD5wd25lZCgpPC9zY3JpcHQ+)',
  '<a href="java&#x09;script:pwned()">press here</a>',
  '<a href="data:text/html,<script>pwned()</script>">press here</a>',
  '<svg onload=pwned()><animate onbegin=pwned() attributeName=x></svg>',
  '<iframe srcdoc="<script>parent.pwned()</script>"></iframe>',
  '<details open ontoggle=pwned()>more</details>',
  '</textarea></p></div><script>pwned()</script>',
  '<style>@import "https://evil.example/a.css"; * { background: url(https://evil.example/b.png) }</style>',
  '<form action="https://evil.example"><input autofocus onfocus=pwned()></form>',
  '<object data="https://evil.example/c.swf"></object>',
  '<math><mtext><table><mglyph><style><img src=x onerror=pwned()>',
  '<noscript><p title="</noscript><img src=x onerror=pwned()>">',
  '`<video src=x onerror=pwned()></video>`',
];

/** Put before a page's own scripts: counts what gets through. */
export const trap = 'window.hits = 0; window.pwned = () => { window.hits += 1; };';
