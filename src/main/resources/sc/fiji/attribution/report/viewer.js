// Three linked planes of volumes that stand in the page: a grey image below, a signed map above.
// Volumes are gzipped float32, x fastest, as base64; nothing is loaded from anywhere.
(function () {
  async function floats(base64) {
    const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Float32Array(await new Response(stream).arrayBuffer());
  }
  async function start(root) {
    const data = JSON.parse(root.querySelector('script').textContent);
    const [nx, ny, nz] = data.size, m = data.affine;
    const below = await floats(data.background);
    const labels = data.labels ? await floats(data.labels) : null;
    const maps = new Map();
    const out = root.querySelector('output'), pick = root.querySelector('select');
    const opacity = root.querySelector('.opacity'), threshold = root.querySelector('.threshold');
    let map, limit = 1, at = [nx >> 1, ny >> 1, nz >> 1];
    let low = Infinity, high = -Infinity;
    for (const v of below) { if (v < low) low = v; if (v > high) high = v; }
    const planes = [
      { a: 0, b: 1, c: 2, flip: true }, { a: 0, b: 2, c: 1, flip: true }, { a: 1, b: 2, c: 0, flip: true }];
    const size = [nx, ny, nz], step = data.step;
    // A picture has one plane to look at.
    const shown = planes.filter(p => size[p.a] > 1 && size[p.b] > 1);
    if (!shown.length) shown.push(planes[0]);
    const index = p => p[0] + nx * (p[1] + ny * p[2]);
    for (const plane of shown) {
      plane.canvas = document.createElement('canvas');
      plane.canvas.width = size[plane.a]; plane.canvas.height = size[plane.b];
      plane.canvas.style.aspectRatio = (size[plane.a] * step[plane.a]) + '/' + (size[plane.b] * step[plane.b]);
      plane.canvas.style.width = '14rem';
      plane.canvas.tabIndex = 0;
      plane.canvas.setAttribute('aria-label', 'plane ' + 'xyz'[plane.a] + 'xyz'[plane.b]);
      root.querySelector('.planes').append(plane.canvas);
      const move = e => {
        const box = plane.canvas.getBoundingClientRect();
        const u = Math.floor((e.clientX - box.left) / box.width * size[plane.a]);
        const v = Math.floor((e.clientY - box.top) / box.height * size[plane.b]);
        at[plane.a] = Math.max(0, Math.min(size[plane.a] - 1, u));
        at[plane.b] = Math.max(0, Math.min(size[plane.b] - 1, size[plane.b] - 1 - v));
        draw();
      };
      plane.canvas.addEventListener('pointerdown', e => { plane.canvas.setPointerCapture(e.pointerId); move(e); });
      plane.canvas.addEventListener('pointermove', e => { if (e.buttons) move(e); });
      plane.canvas.addEventListener('wheel', e => { e.preventDefault(); go(plane.c, Math.sign(e.deltaY)); }, { passive: false });
      plane.canvas.addEventListener('keydown', e => {
        const d = { ArrowLeft: [plane.a, -1], ArrowRight: [plane.a, 1], ArrowUp: [plane.b, 1], ArrowDown: [plane.b, -1], PageUp: [plane.c, 1], PageDown: [plane.c, -1] }[e.key];
        if (d) { e.preventDefault(); go(d[0], d[1]); }
      });
    }
    function go(axis, by) { at[axis] = Math.max(0, Math.min(size[axis] - 1, at[axis] + by)); draw(); }
    function draw() {
      const alpha = +opacity.value, least = +threshold.value * limit;
      for (const plane of shown) {
        const w = size[plane.a], h = size[plane.b], g = plane.canvas.getContext('2d');
        const picture = g.createImageData(w, h), p = [0, 0, 0];
        p[plane.c] = at[plane.c];
        for (let v = 0; v < h; v++) for (let u = 0; u < w; u++) {
          p[plane.a] = u; p[plane.b] = h - 1 - v;
          const i = index(p), o = 4 * (v * w + u);
          const grey = 255 * (below[i] - low) / (high - low || 1);
          const value = map[i], s = Math.min(1, Math.abs(value) / limit);
          const mix = Math.abs(value) < least || value === 0 ? 0 : alpha * Math.pow(s, 0.7);
          const hue = value > 0 ? [230, 60, 40] : [50, 110, 240];
          for (let k = 0; k < 3; k++) picture.data[o + k] = grey * (1 - mix) + hue[k] * mix;
          picture.data[o + 3] = 255;
        }
        g.putImageData(picture, 0, 0);
        g.fillStyle = 'rgba(255,255,0,.35)';
        g.fillRect(at[plane.a], 0, 1, h); g.fillRect(0, h - 1 - at[plane.b], w, 1);
      }
      const i = index(at), mm = [0, 1, 2].map(r => m[4 * r] * at[0] + m[4 * r + 1] * at[1] + m[4 * r + 2] * at[2] + m[4 * r + 3]);
      const region = labels && data.names[Math.round(labels[i])];
      out.textContent = pick.value + ': ' + map[i].toPrecision(4) + (data.units[pick.value] && ' ' + data.units[pick.value]) + ' at ' + mm.map(v => v.toFixed(1)).join(', ') + ' ' + data.unit
        + ' (voxel ' + at.join(', ') + ')' + (region ? ', ' + region : '') + '; image ' + below[i].toPrecision(4);
      root.dataset.value = map[i]; root.dataset.at = at.join(',');
    }
    async function choose() {
      const name = pick.value;
      if (!maps.has(name)) maps.set(name, await floats(data.maps[name]));
      map = maps.get(name); limit = 0; let peak = 0;
      for (let i = 0; i < map.length; i++) { const s = Math.abs(map[i]); if (s > limit) { limit = s; peak = i; } }
      limit = limit || 1;
      if (!root.dataset.ready) at = [peak % nx, Math.floor(peak / nx) % ny, Math.floor(peak / nx / ny)];
      draw(); root.dataset.ready = 'yes';
    }
    for (const name of Object.keys(data.maps)) pick.append(new Option(name, name));
    pick.onchange = choose; opacity.oninput = draw; threshold.oninput = draw;
    await choose();
  }
  for (const root of document.querySelectorAll('.viewer'))
    start(root).catch(e => { root.querySelector('output').textContent = 'This browser cannot show the volumes (' + e.message + '); the rows of slices show the same.'; });
})();
