/** The part of `smart-buffer` that the SOCKS client uses; the package has a method for every type of number there is. */
export class SmartBuffer {
  readOffset = 0;
  private bytes: Buffer;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.bytes = bytes;
  }

  static fromBuffer(bytes: Buffer): SmartBuffer {
    return new SmartBuffer(bytes);
  }

  writeBuffer(bytes: Uint8Array): this {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    return this;
  }

  writeUInt8(value: number): this {
    return this.writeBuffer(Buffer.from([value]));
  }

  writeUInt16BE(value: number): this {
    return this.writeUInt8(value >>> 8).writeUInt8(value & 255);
  }

  writeUInt32BE(value: number): this {
    return this.writeUInt16BE(value >>> 16).writeUInt16BE(value & 65_535);
  }

  writeString(text: string): this {
    return this.writeBuffer(Buffer.from(text));
  }

  writeStringNT(text: string): this {
    return this.writeString(text).writeUInt8(0);
  }

  toBuffer(): Buffer {
    return this.bytes;
  }

  /** The next bytes, or all that are left; an error when there are not so many. */
  readBuffer(length = this.bytes.length - this.readOffset): Buffer {
    const end = this.readOffset + length;
    if (end > this.bytes.length) throw new Error('the answer of the proxy is too short');
    const part = this.bytes.subarray(this.readOffset, end);
    this.readOffset = end;
    return part;
  }

  readString(length: number): string {
    return this.readBuffer(length).toString();
  }

  readUInt8(): number {
    return this.readBuffer(1).readUInt8();
  }

  readUInt16BE(): number {
    return this.readBuffer(2).readUInt16BE();
  }

  readUInt32BE(): number {
    return this.readBuffer(4).readUInt32BE();
  }
}
