import type { Image } from '../../backend/types';

/** Pictures from the clipboard, in the form that is sent. */

const types = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const LARGEST = 5 * 1024 * 1024;

export type Refusal = 'type' | 'size';

export function imagesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'));
}

export async function encode(file: File): Promise<Image | Refusal> {
  if (!types.includes(file.type)) return 'type';
  if (file.size > LARGEST) return 'size';
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { media_type: file.type, data: btoa(binary) };
}
