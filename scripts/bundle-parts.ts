import { brotliCompressSync, constants } from 'node:zlib';

/** One chunk of a bundle. */
export interface Part {
  /** `main.js`, as other parts import it: `./main.js`. */
  readonly name: string;
  readonly code: string;
  /** Stands as plain code; else it is compressed with the others. */
  readonly quick: boolean;
}

/**
 * Joins parts into one file. Compressed parts are unpacked together when the first of them is wanted (about 5 ms) and
 * compiled one by one. Source of the trade: a file of 870 kB takes Node 23 ms to read before it runs, most of it never
 * used by any one command.
 */
export function joinParts(parts: readonly Part[], banner: string): string {
  const sorted = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const quick = sorted.filter((part) => part.quick);
  const packed = sorted.filter((part) => !part.quick);
  const places: Record<string, readonly [number, number]> = {};
  let at = 0;
  for (const { name, code } of packed) {
    // Places are counted in letters and cut in bytes.
    if (Buffer.byteLength(code) !== code.length) throw new Error(`${name} is not plain ASCII`);
    places[`./${name}`] = [at, at + code.length];
    at += code.length;
  }
  const blob = brotliCompressSync(packed.map(({ code }) => code).join(''), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
  const plain = quick.map(
    ({ name, code }) => `${JSON.stringify(`./${name}`)}:function(${PARAMETERS}){${code.trim()}\n}`,
  );
  return [
    banner,
    LOADER,
    `var quick={${plain.join(',\n')}};`,
    `var places=${JSON.stringify(places)},size=${blob.length},blob="${toText(blob)}";`,
    'load("./main.js");',
    '',
  ].join('\n');
}

/** Printable letters of ASCII without those that mean something in a quoted text. */
const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#,;|~_`';

/** Thirteen bits in two letters of 91, as basE91 does: 23 % more than the bytes, where base64 takes 33 %. */
function toText(bytes: Buffer): string {
  const letters: string[] = [];
  let value = 0;
  let bits = 0;
  const put = (number: number): void => {
    letters.push(LETTERS[Math.floor(number / 91)] ?? '', LETTERS[number % 91] ?? '');
  };
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    if (bits < 13) continue;
    bits -= 13;
    put(value >>> bits);
    value &= (1 << bits) - 1;
  }
  // The last bits, filled up with zeros.
  if (bits > 0) put(value << (13 - bits));
  return letters.join('');
}

const PARAMETERS = 'exports,require,module,__file';

/**
 * Finds a part by its name; every other name is a module of Node. The parts are plain ASCII, so that they can be cut out
 * by their places without reading them.
 */
const LOADER = `"use strict";
var file=require("node:url").pathToFileURL(__filename).href,loaded={},text;
function load(name){
var known=loaded[name];
if(known)return known.exports;
var body=quick[name]||unpack(name);
if(!body)return require(name);
var part=loaded[name]={exports:{}};
body(part.exports,load,part,file);
return part.exports}
function unpack(name){
var place=places[name];
if(!place)return;
text=text||require("node:zlib").brotliDecompressSync(bytes()).toString("latin1");
return require("node:vm").runInThisContext("(function(${PARAMETERS}){"+text.slice(place[0],place[1])+"\\n})",{filename:name})}
function bytes(){
var digit=new Uint8Array(128),from=Buffer.from(blob,"latin1"),to=Buffer.allocUnsafe(size),at,end=0,bits=0,value=0;
for(at=0;at<91;at++)digit["${LETTERS}".charCodeAt(at)]=at;
for(at=0;at<from.length;at+=2){
value=value<<13|digit[from[at]]*91+digit[from[at+1]];
for(bits+=13;bits>7&&end<size;){bits-=8;to[end++]=value>>>bits}}
return to}`;
