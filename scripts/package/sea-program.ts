import type { Part } from '../bundle-parts.ts';

/** `[start, length]` in bytes. */
export type Places = Readonly<Record<string, readonly [number, number]>>;

/** A plugin's code as one text, of which each part can be taken out by its place. */
export interface PartText {
  readonly name: string;
  readonly text: string;
  readonly places: Places;
}

/** What V8 made of the parts: bytecode that need not be compiled again. */
export interface CodeCache {
  readonly bytes: Buffer;
  readonly places: Places;
}

/** One plugin in an executable. */
export interface Program {
  readonly parts: PartText;
  readonly cache?: CodeCache;
}

const PARAMETERS = 'exports,require,module,__file';
/** The parts that every start needs stand together: one script costs less than fifteen. */
const QUICK = 'quick';

/** Lays the parts of a bundle out for an executable. Nothing is compressed: only what is used is read from the file. */
export function partText(name: string, parts: readonly Part[]): PartText {
  const sorted = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const places: Record<string, readonly [number, number]> = {};
  let text = '';
  const add = (part: string, code: string): void => {
    if (Buffer.byteLength(code) !== code.length) throw new Error(`${part} is not plain ASCII`);
    places[part] = [text.length, code.length];
    text += code;
  };
  const quick = sorted.filter((part) => part.quick);
  add(QUICK, `({${quick.map((part) => `${JSON.stringify(`./${part.name}`)}:${asFunction(part)}`).join(',\n')}})`);
  for (const part of sorted) {
    if (!part.quick) add(`./${part.name}`, `(${asFunction(part)})`);
  }
  return { name, text, places };
}

function asFunction({ code }: Part): string {
  return `function(${PARAMETERS}){${code.trim()}\n}`;
}

/**
 * The script that Node runs in the executable. With several programs in it, the name under which it was started says
 * which is meant, or else the first word. As kubectl_complete-NAME it answers kubectl's question for completions.
 */
export function seaMain(programs: readonly Program[]): string {
  const table = programs.map(({ parts, cache }) => [parts.name, { places: parts.places, cached: cache?.places }]);
  return [
    '"use strict";',
    'var asset=require("node:sea").getRawAsset;',
    `var programs=${JSON.stringify(Object.fromEntries(table))};`,
    CHOOSE,
    LOADER,
    'if(chosen)start();',
    '',
  ].join('\n');
}

const CHOOSE = `var names=Object.keys(programs),chosen=choose(),text,cache,entry;
function choose(){
var tried=[process.argv0,process.execPath],at,found;
for(at=0;at<2;at++){
found=/(?:^|[\\\\/])kubectl(_complete)?-([a-z]+)(?:\\.exe)?$/i.exec(tried[at]);
if(found&&programs[found[2].toLowerCase()]){
if(found[1])process.argv.splice(2,0,"__complete");
return found[2].toLowerCase()}}
if(names.length===1)return names[0];
if(programs[process.argv[2]])return process.argv.splice(2,1)[0];
process.stderr.write("error: this file holds several programs; call it as kubectl-"+names.join(", kubectl-")+" (a link or a copy of that name), or give the name as the first word: "+process.argv0+" "+names[0]+" --help\\n");
process.exitCode=2}
function start(){entry=programs[chosen];text=asset(chosen);cache=entry.cached&&asset(chosen+".cache");load("./main.js")}`;

/** Shared by the executable and by the run that makes the code cache, so that V8 sees the same scripts. */
const LOADER = `var vm=require("node:vm"),file=require("node:url").pathToFileURL(process.execPath).href,loaded={},bodies={},scripts={};
function script(name){
if(bodies[name])return bodies[name];
var place=entry.places[name],known=entry.cached&&entry.cached[name];
if(!place)return;
scripts[name]=new vm.Script(Buffer.from(text,place[0],place[1]).latin1Slice(),{filename:name,cachedData:known&&Buffer.from(cache,known[0],known[1])});
return bodies[name]=scripts[name].runInThisContext()}
function load(name){
var known=loaded[name];
if(known)return known.exports;
var body=script("${QUICK}")[name]||script(name);
if(!body)return require(name);
var part=loaded[name]={exports:{}};
body(part.exports,load,part,file);
return part.exports}`;

/**
 * Room in which the training needs no memory twice. V8 leaves some bytes of its objects unwritten (between the head of a
 * function's bytecode and the code); in memory used before they would hold anything, and go into the cache so. These flags
 * are part of what V8 checks a cache by, so the training takes them back before it writes: 0 is what they are by default.
 */
export const ROOM = [
  { flag: '--min-semi-space-size', megabytes: 256 },
  { flag: '--max-semi-space-size', megabytes: 256 },
  { flag: '--initial-old-space-size', megabytes: 3000 },
  { flag: '--max-old-space-size', megabytes: 4000 },
] as const;

/**
 * A script that runs command lines one after the other in one process and writes V8's code cache of all parts they
 * loaded: with the functions that they called, which a cache made at compile time lacks. Arguments: the folder with
 * `parts`, where `cache` and `places.json` are written.
 */
export function trainingMain({ places }: PartText, lines: readonly (readonly string[])[]): string {
  return [
    '"use strict";',
    'var fs=require("node:fs"),path=require("node:path"),folder=process.argv[2];',
    `var entry=${JSON.stringify({ places })},text=new Uint8Array(fs.readFileSync(path.join(folder,"parts"))).buffer,cache;`,
    `var lines=${JSON.stringify(lines)},flags=${JSON.stringify(ROOM.map(({ flag }) => flag))};`,
    LOADER,
    PATIENCE,
    TRAINING,
    '',
  ].join('\n');
}

/** Deadlines lie far off: under emulation one would pass at a busy time, and with it another function be called. */
const PATIENCE = `var soon=setTimeout;globalThis.setTimeout=function(what,ms){
return soon.apply(null,[what,ms>=1000?ms*1000:ms].concat([].slice.call(arguments,2)))};`;

const TRAINING = `var leave=process.exit;process.setMaxListeners(0);process.stdout.setMaxListeners(0);process.stderr.setMaxListeners(0);
async function train(){
for(var at=0;at<lines.length;at++){
loaded={};process.argv=[process.execPath,"kubectl",...lines[at]];
await new Promise(function(resolve){process.exit=resolve;load("./main.js")})}
flags.forEach(function(flag){require("node:v8").setFlagsFromString(flag+"=0")});
var out=[],size=0,cached={};
for(var name of Object.keys(scripts).sort()){
var bytes=scripts[name].createCachedData(),gap=(8-bytes.length%8)%8;
cached[name]=[size,bytes.length];out.push(bytes,Buffer.alloc(gap));size+=bytes.length+gap}
fs.writeFileSync(path.join(folder,"cache"),Buffer.concat(out));
fs.writeFileSync(path.join(folder,"places.json"),JSON.stringify(cached));
leave(0)}
train().catch(function(error){process.stderr.write(String(error&&error.stack)+"\\n");leave(1)});`;
